import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@pulumi/policy";
import { policiesFor } from "./engine/policy.ts";
import { plain } from "./engine/properties.ts";
import { ofPresentRules, RENAMED } from "./renamed.ts";
import { UNKNOWN } from "./model/judged-resource.ts";
import { project } from "../tooling/paths.ts";
import { rules } from "./rules.ts";

const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test("every rule is in the pack, and named as its file", () => {
  const files = readdirSync(join(project, "policy", "rules")).map((file) => file.replace(/\.ts$/, ""));
  expect(rules.map(({ name }) => name)).toEqual(files.sort());
});

test("a waiver by the earlier name of its rule is refused", () => {
  const waiver = { rule: "run-images-by-digest", subject: "docker.io/valkey/valkey", reason: "" };
  expect(() => ofPresentRules([waiver])).toThrow(
    "policy/waivers.ts: rule run-images-by-digest, waived for docker.io/valkey/valkey, was renamed, use require-image-digests",
  );
  const now = { ...waiver, rule: "require-image-digests" };
  expect(ofPresentRules([now])).toEqual([now]);
  expect(Object.values(RENAMED).filter((name) => !rules.some((rule) => rule.name === name))).toEqual([]);
});

test("only the rules about other people's charts are advisory", () => {
  const advisory = rules.filter(({ level }) => level === "advisory").map(({ name }) => name);
  expect(advisory).toEqual(["report-unchecked-charts", "require-chart-review"]);
});

test("secrets are unwrapped and listed, unknown values named", () => {
  const found = plain({
    data: { token: new Secret("x"), host: UNKNOWN_STRING },
    list: [new Secret({ deep: UNKNOWN_STRING }), 1],
  });
  expect(found).toEqual({
    props: { data: { token: "x", host: UNKNOWN }, list: [{ deep: UNKNOWN }, 1] },
    secrets: ["data.token", "list.0"],
  });
});

describe("as the engine calls it", () => {
  const policies = policiesFor(rules) as any[];
  const named = (name: string) => policies.find((policy) => policy.name === name);
  const urn = "urn:pulumi:prod::acci::kubernetes:core/v1:ConfigMap::settings";
  const opts = { protect: false };
  const provider = { name: "cluster" };
  const args = (props: object) => ({
    type: "kubernetes:core/v1:ConfigMap",
    name: "settings",
    urn,
    opts,
    provider,
    props,
  });

  test("notes come first, change nothing, and tell the rules what is secret", () => {
    const said: string[] = [];
    const run = (shown: object) => {
      expect(policies[0].remediateResource(args(shown))).toBeUndefined();
      // The engine unwraps secrets before it asks for validation.
      named("disallow-plain-secrets").validateResource(args({ data: { token: "x" } }), (text: string) =>
        said.push(text),
      );
    };
    run({ data: { token: new Secret("x") } });
    expect(said).toEqual([]);
    run({ data: { token: "x" } });
    expect(said).toHaveLength(1);
  });

  test("the stack's name comes from the resource, protection from its options", () => {
    const said: string[] = [];
    const claim = { ...args({}), type: "kubernetes:core/v1:PersistentVolumeClaim" };
    named("require-data-protection").validateResource(claim, (text: string) => said.push(text));
    named("require-data-protection").validateResource({ ...claim, opts: { protect: true } }, (text: string) =>
      said.push(text),
    );
    expect(said).toEqual([
      "settings: must be protected in prod, got protect false; give it protect and retainOnDelete",
    ]);
  });

  test("a rule about the stack sees all of it", () => {
    const said: string[] = [];
    const release = { ...args({ chart: "traefik" }), type: "kubernetes:helm.sh/v3:Release" };
    named("report-unchecked-charts").validateStack({ resources: [args({}), release] }, (text: string) =>
      said.push(text),
    );
    expect(said).toHaveLength(1);
  });
});
