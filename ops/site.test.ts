import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { siteOf, whereabouts } from "./site.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "acci-site-"));
const stack = (name: string, yaml: string) => writeFileSync(path.join(folder, `Pulumi.${name}.yaml`), yaml);
const kept = process.env["ACCI_CONTEXT"];

beforeAll(() => {
  delete process.env["ACCI_CONTEXT"];
  stack("dev", "config:\n  acci:namespace: acci-dev\n");
  stack("prod", "config:\n  acci:namespace: acci\n  acci:cluster: { context: production, kubeconfig: ./kube }\n");
  stack("odd", "config: {}\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (kept !== undefined) process.env["ACCI_CONTEXT"] = kept;
});

describe("the site of a stack", () => {
  it("is where its configuration says", () => {
    expect(siteOf("dev", folder)).toEqual({ stack: "dev", namespace: "acci-dev", cluster: [] });
    expect(siteOf("prod", folder)).toEqual({
      stack: "prod",
      namespace: "acci",
      cluster: ["--kubeconfig=./kube", "--context=production"],
    });
  });

  it("is asked without kubectl where kubectl finds it", () => {
    expect(whereabouts(siteOf("prod", folder))).toEqual({ kubeconfig: "./kube", context: "production" });
    expect(whereabouts(siteOf("dev", folder))).toEqual({});
  });

  it("is on the cluster that ACCI_CONTEXT names", () => {
    process.env["ACCI_CONTEXT"] = "other";
    try {
      expect(siteOf("dev", folder).cluster).toEqual(["--context=other"]);
    } finally {
      delete process.env["ACCI_CONTEXT"];
    }
  });

  it("cannot be found for a stack that is none, or has no namespace", () => {
    expect(() => siteOf("test", folder)).toThrow(
      "STACK: must have a Pulumi.<stack>.yaml, got test; STACK=dev is the default",
    );
    expect(() => siteOf("odd", folder)).toThrow("acci:namespace: must be set in Pulumi.odd.yaml, got nothing");
  });
});
