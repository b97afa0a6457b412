import { diffInputs, formatPath } from "./diff.ts";
import { secret, unknown } from "./values.ts";

const never = () => false;

describe("diffInputs", () => {
  it("names the smallest paths that differ", () => {
    const before = { spec: { replicas: 1, containers: [{ image: "a:1" }], gone: true } };
    const after = { spec: { replicas: 2, containers: [{ image: "a:2" }, { image: "b" }] } };
    expect(diffInputs(before, after, never)).toEqual({
      "spec.replicas": "update",
      "spec.containers[0].image": "update",
      "spec.containers[1]": "add",
      "spec.gone": "delete",
    });
  });

  it("sees no change in a value that only became secret", () => {
    expect(diffInputs({ a: "x" }, { a: secret("x") }, never)).toEqual({});
  });

  it("counts a value that is not known yet as a change, even against itself", () => {
    expect(diffInputs({ a: unknown }, { a: unknown }, never)).toEqual({ a: "update" });
  });

  it("marks the changes that cannot be made in place", () => {
    expect(diffInputs({ a: 1, b: 1 }, { a: 2, b: 2 }, ([key]) => key === "a")).toEqual({
      a: "update-replace",
      b: "update",
    });
  });

  it("quotes keys that hold dots or slashes", () => {
    expect(formatPath(["metadata", "labels", "app.kubernetes.io/name"])).toBe(
      'metadata.labels["app.kubernetes.io/name"]',
    );
  });
});
