import { takenOver } from "./field-managers.ts";

const entry = (manager: string, operation: string, ...fields: string[]) => ({
  manager,
  operation,
  fieldsType: "FieldsV1",
  fieldsV1: { "f:spec": Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
});
const live = (...managedFields: object[]) => ({ metadata: { resourceVersion: "7", managedFields } });

/** fixCSAFieldManagers, await/await.go of pulumi-kubernetes 4.34.2: how it creates, and what it does before an update. */
describe("fields that were set without server-side apply", () => {
  it("become ours, together with those that are", () => {
    const operator = entry("manager", "Update", "x");
    expect(takenOver(live(operator, entry("pulumi-kubernetes", "Update", "a")), "mine")).toEqual([
      operator,
      entry("mine", "Apply", "a"),
    ]);
    expect(takenOver(live(entry("mine", "Apply", "a"), entry("kubectl", "Update", "b")), "mine")).toEqual([
      entry("mine", "Apply", "a", "b"),
    ]);
    // A manager of the same name with another operation is a different manager.
    const both = live(entry("pulumi-kubernetes", "Update", "a"), entry("pulumi-kubernetes", "Apply", "b"));
    expect(takenOver(both, "pulumi-kubernetes")).toEqual([entry("pulumi-kubernetes", "Apply", "b", "a")]);
  });

  it("are nobody's when there are none: a status, an operator's", () => {
    const status = { ...entry("kubectl", "Update", "a"), subresource: "status" };
    expect(takenOver(live(status, entry("manager", "Update"), entry("mine", "Apply", "a")), "mine")).toBeUndefined();
  });
});
