import { Plugin } from "../testing/plugin.ts";
import { secret, unknown } from "../serve/values.ts";

const type = "random:index/randomPassword:RandomPassword";

describe("the random provider over gRPC", () => {
  const plugin = new Plugin("random");
  afterAll(() => plugin.stop());

  it("leaves a password open in a preview and makes it secret when created", async () => {
    const preview = await plugin.create(type, "p", { length: 8 }, { preview: true });
    expect(preview.state.result).toEqual(secret(unknown));
    const { id, state } = await plugin.create(type, "p", { length: 8 });
    expect(id).toBe("none");
    expect(state.result).toEqual(secret(expect.stringMatching(/^.{8}$/)));
  });

  it("records the option of two names by both, as upgradePasswordStateV0toV3 of the official provider (4.21.2) reads the older", async () => {
    const { state } = await plugin.create(type, "p", { length: 8, numeric: false });
    expect(state).toMatchObject({ numeric: false, number: false, special: true, minUpper: 0 });
  });

  it("replaces on any change, and not for a default spelled out", async () => {
    const state = { result: secret("x") };
    expect((await plugin.diff(type, "none", { length: 8 }, state, { length: 9 })).detailed).toEqual({
      length: "UPDATE_REPLACE",
    });
    expect((await plugin.diff(type, "none", { length: 8 }, state, { length: 8, upper: true })).detailed).toEqual({});
    const keepers = { keepers: { epoch: "1" }, length: 8 };
    expect((await plugin.diff(type, "none", { length: 8 }, state, keepers)).detailed).toEqual({
      keepers: "ADD_REPLACE",
    });
  });

  it("names what is wrong with the inputs", async () => {
    expect((await plugin.check(type, "p", {}, { length: 2, minLower: 3, color: "red" })).failures).toEqual([
      "color: random stand-in: color is not implemented; install the official pulumi-resource-random plugin to use it",
      "length: must be at least 3, got 2",
    ]);
    expect((await plugin.check(type, "p", {}, { length: unknown })).failures).toEqual([]);
  });

  it("imports a password by its value", async () => {
    const { id, inputs, state } = await plugin.read(type, "hunter22");
    expect({ id, inputs, result: state.result }).toEqual({
      id: "none",
      inputs: { length: 8 },
      result: secret("hunter22"),
    });
  });
});
