import { refuseUnread } from "./unread-state.ts";

const object = { urn: "urn:pulumi:dev::acci::kubernetes:core/v1:Secret::key", custom: true, outputs: {} };
const old = () => Promise.resolve(JSON.stringify({ deployment: { resources: [object] } }));

it("stops an update and its preview, and neither the refresh that cures it nor a destroy", async () => {
  for (const command of ["up", "preview"])
    await expect(refuseUnread("dev", [command, "--yes"], old)).rejects.toThrow("run `pulumi refresh -s dev` first");
  for (const command of ["refresh", "destroy", "stack"]) await refuseUnread("dev", [command], old);
});

it("lets a stack that is yet to be made be made", () =>
  refuseUnread("dev", ["up"], () => Promise.reject(new Error("no stack named dev"))));
