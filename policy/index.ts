import { PolicyPack } from "@pulumi/policy";
import { policiesFor } from "./engine/policy";
import { rules } from "./rules";

new PolicyPack("acci", { policies: policiesFor(rules) });
