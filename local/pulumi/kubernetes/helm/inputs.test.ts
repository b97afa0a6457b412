import { secret } from "../../serve/values.ts";
import { applyArguments, normalize, problemsOf, releaseOf, templateArguments } from "./inputs.ts";

const context = { name: "app" };
const asset = (text: string) => ({ "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text });

describe("inputs of a Helm release", () => {
  it("gets a name, a namespace and a timeout, and keeps the name", () => {
    const inputs = normalize(context, {}, { chart: "./helm", compat: "true" }, "default");
    expect(inputs).toMatchObject({
      chart: "./helm",
      name: expect.stringMatching(/^app-[0-9a-f]{8}$/) as string,
      namespace: "default",
      timeout: 300,
      values: {},
    });
    expect(inputs).not.toHaveProperty("compat");
    expect(normalize(context, inputs, { chart: "./helm" }, "default").name).toBe(inputs.name);
  });

  it("merges value files below the values, keeps nulls and secrets as they are", () => {
    const news = {
      chart: "c",
      valueYamlFiles: [asset("a: {b: 1, c: 2}\nd: 1")],
      values: { a: { c: secret("x") }, d: null },
    };
    expect(normalize(context, {}, news, "ns").values).toEqual({ a: { b: 1, c: secret("x") }, d: null });
  });

  it("turns inputs into flags, never values", () => {
    const release = releaseOf({
      ...normalize(
        context,
        {},
        {
          chart: "redis",
          name: "r",
          version: "1.2.3",
          atomic: true,
          cleanupOnFail: true,
          waitForJobs: true,
          createNamespace: true,
          maxHistory: 5,
        },
        "ns",
      ),
      repositoryOpts: { repo: "https://charts.example" },
      values: { password: secret("hunter22") },
    });
    const chart = ["r", "redis", "--namespace", "ns"];
    const source = ["--version", "1.2.3", "--repo", "https://charts.example"];
    expect(templateArguments(release)).toEqual(["template", ...chart, ...source, "--include-crds"]);
    const both = ["--output", "json", ...source, "--atomic", "--create-namespace"];
    const wait = ["--wait", "--wait-for-jobs", "--timeout", "60s"];
    expect(applyArguments(release, "install", 60)).toEqual(["install", ...chart, ...both, ...wait]);
    expect(applyArguments(release, "upgrade", 60)).toEqual([
      "upgrade",
      ...chart,
      ...both,
      "--cleanup-on-fail",
      ...wait,
      "--history-max",
      "5",
    ]);
  });

  it("rejects by name what it does not do", () => {
    const problems = problemsOf({
      chart: "c",
      postrender: "sed",
      verify: true,
      lint: false,
      repositoryOpts: { password: "x" },
    });
    expect(problems.map(({ property }) => property)).toEqual(["postrender", "verify", "repositoryOpts.password"]);
    expect(problemsOf({ compat: "true", chart: "c", values: {} })).toEqual([]);
  });
});
