import { canonical, equal, hasUnknown, keepSecrets, plain, redact, secret, unknown } from "./values.ts";

describe("values of the engine's wire format", () => {
  it("unwraps secrets at any depth", () => {
    expect(plain({ a: secret([secret({ b: 1 })]) })).toEqual({ a: [{ b: 1 }] });
  });

  it("finds an unknown inside a secret", () => {
    expect(hasUnknown({ a: [secret({ b: unknown })] })).toBe(true);
    expect(hasUnknown({ a: [secret({ b: "x" })] })).toBe(false);
  });

  it("takes null for absent and any order of keys for the same", () => {
    expect(equal({ a: 1, b: null }, { a: 1 })).toBe(true);
    expect(canonical({ b: 1, a: { d: 1, c: 2 } })).toBe('{"a":{"c":2,"d":1},"b":1}');
  });

  it("keeps what was secret in the inputs secret in the outputs", () => {
    const inputs = { data: { password: secret("x"), user: "u" } };
    expect(keepSecrets({ data: { password: "x", user: "u" }, status: "ok" }, inputs)).toEqual({
      data: { password: secret("x"), user: "u" },
      status: "ok",
    });
  });

  it("makes a whole list secret, as the server may have reordered it", () => {
    const env = [
      { name: "B", value: "2" },
      { name: "A", value: "1" },
    ];
    expect(keepSecrets({ env }, { env: [{ name: "A", value: secret("1") }] })).toEqual({ env: secret(env) });
  });

  it("masks the secrets of the inputs in foreign output, and nothing else", () => {
    const inputs = { values: { password: secret("hunter22"), list: [secret({ token: "abcdef" })], user: "admin" } };
    expect(redact("bad hunter22 and abcdef of admin", inputs)).toBe("bad [secret] and [secret] of admin");
  });
});
