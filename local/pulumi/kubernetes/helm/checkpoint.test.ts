import { secret, unknown, type Props } from "../../serve/values.ts";
import { checkpointRelease, diffRelease, resourceKey, typeOf } from "./checkpoint.ts";
import { normalize } from "./inputs.ts";

const given = (news: Props): Props => normalize({ name: "app" }, {}, { chart: "./helm", name: "app", ...news }, "ns");
const live = (values: Props, status = "deployed") => ({
  status: { name: "app", namespace: "ns", revision: 1, status, chart: "app", version: "1.0.0", appVersion: "2" },
  values,
  resourceNames: { "Service/v1": ["ns/app"] },
});
const inputs = { ...given({ values: { a: 1, key: secret("hidden"), list: [1, 2] } }), version: "1.0.0" };
const deployed = live({ a: 1, key: "hidden", list: [1, 2] });

/** checkpointRelease and setReleaseAttributes, provider/helm_release.go of pulumi-kubernetes 4.34.2. */
describe("what is recorded of a release", () => {
  it("is every field, set or not, with what Helm says of it, and the inputs, secret as a whole", () => {
    expect(checkpointRelease(inputs, {}, deployed)).toEqual({
      ...inputs,
      resourceNames: { "Service/v1": ["ns/app"] },
      status: deployed.status,
      __inputs: secret(inputs),
    });
    expect(inputs).toMatchObject({ atomic: false, description: "", keyring: "", replace: false, timeout: 300 });
    expect(inputs).not.toHaveProperty("maxHistory");
  });

  it("has the values that run over those that were asked for, secret where these are", () => {
    expect(checkpointRelease(inputs, {}, live({ a: 2, key: "other", more: 3 })).values).toEqual({
      a: 2,
      key: secret("other"),
      list: [1, 2],
      more: 3,
    });
  });

  it("names objects by kind, group and version", () => {
    for (const [kind, apiVersion] of [
      ["Service", "v1"],
      ["Deployment", "apps/v1"],
    ] as const)
      expect(typeOf(resourceKey(kind, apiVersion))).toEqual({ kind, apiVersion });
    expect(resourceKey("Deployment", "apps/v1")).toBe("Deployment.apps/apps/v1");
  });
});

/** Diff of the same: a three-way merge of the old inputs, the new ones and the recorded release. */
describe("the difference of a release", () => {
  const diff = (news: Props, state = checkpointRelease(inputs, {}, deployed)) =>
    diffRelease(inputs, news, state).detailed;

  it("is none to itself, whatever its status is", () => {
    expect(diff(inputs)).toEqual({});
    expect(diff(inputs, checkpointRelease(inputs, {}, live(deployed.values, "pending-upgrade")))).toEqual({});
  });

  it("is what the program changes, adds and drops, and what is not known yet", () => {
    const news = { ...inputs, version: "1.1.0", values: { a: unknown, list: [1, 3, 4], b: true } };
    expect(diff(news)).toEqual({
      version: "update",
      "values.a": "update",
      "values.list[1]": "update",
      "values.list[2]": "add",
      "values.b": "add",
      "values.key": "delete",
    });
    expect(diff({ ...inputs, name: "other" })).toEqual({ name: "update-replace" });
  });

  it("is a value that runs otherwise than asked for, and not one that somebody added", () => {
    const drifted = checkpointRelease(inputs, {}, live({ ...deployed.values, a: 2, more: 3 }));
    expect(diff(inputs, drifted)).toEqual({ "values.a": "update" });
  });

  it("is none to a state that an older stand-in left", () => {
    const { values } = inputs as Props;
    const old = {
      chart: "./helm",
      name: "app",
      namespace: "ns",
      timeout: 300,
      values,
      checksum: "x",
      resourceNames: {},
    };
    expect(diffRelease(old, inputs, { ...old, status: deployed.status }).detailed).toEqual({});
  });
});
