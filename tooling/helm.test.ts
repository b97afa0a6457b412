import { helm, helmSync } from "./helm.ts";

const before = process.env["HELM"];
beforeEach(() => (process.env["HELM"] = "/no/such/helm"));
afterEach(() => {
  if (before === undefined) delete process.env["HELM"];
  else process.env["HELM"] = before;
});

const missing = /^helm: cannot be run as \/no\/such\/helm \(.*ENOENT\); run `make tools`, install Helm 3, or set HELM/;

it("says what to do where there is no Helm", async () => {
  await expect(helm(["version"])).rejects.toThrow(missing);
  expect(() => helmSync(["version"])).toThrow(missing);
});
