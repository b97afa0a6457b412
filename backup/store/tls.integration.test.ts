import { TestStore } from "../testing/store.ts";
import { openStore } from "./store.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start({ tls: true });
});
afterAll(() => server.stop());

test("a certificate is trusted only when its issuer is given", async () => {
  await expect(openStore(server.settings({ caFile: server.caFile })).read("doc")).resolves.toBeUndefined();
  await expect(openStore(server.settings()).read("doc")).rejects.toMatchObject({
    exitCode: EXIT_CODES.store,
    message: expect.stringContaining("has a certificate that is not trusted") as string,
  });
});

test("a certificate that cannot be read is named", () => {
  const open = () => openStore(server.settings({ caFile: "/nowhere/ca.crt" }));
  expect(open).toThrow("/nowhere/ca.crt: must be a readable file, got ENOENT");
});
