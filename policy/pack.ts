import { PolicyPack } from "@pulumi/policy";
import { policiesFor } from "./engine/policy.ts";
import { rules } from "./rules.ts";

new PolicyPack("acci", { policies: policiesFor(rules) });
