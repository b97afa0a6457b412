import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { apply, patchesOf, trims } from "./trim.ts";

const trim = trims.find(({ of }) => of === "certmanager")!;
const patched = "cmd/controller/app/start.go";

let source: string;
beforeEach(() => (source = mkdtempSync(path.join(os.tmpdir(), "acci-trim-"))));
afterEach(() => rmSync(source, { recursive: true }));

/** Creates a module with the trim's files, with these contents. */
function fill(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(source, name)), { recursive: true });
    writeFileSync(path.join(source, name), text);
  }
}

it("fails by name where a file to be replaced is gone", async () => {
  await expect(apply(trim, source)).rejects.toThrow(
    "github.com/cert-manager/cert-manager: must have pkg/issuer/acme/dns/dns.go, got none; write its trim anew",
  );
});

it("fails by file and line where a line to be left out is another", async () => {
  fill({ "pkg/issuer/acme/dns/dns.go": "package dns\n", [patched]: "package app\n" });
  await expect(apply(trim, source)).rejects.toThrow(/patch.*failed|No such file/s);
  expect(readFileSync(path.join(source, patched), "utf8")).toBe("package app\n");
});

it("makes a binary follow from the patches of its modules", () => {
  expect(patchesOf("services")).toHaveLength(4);
  expect(patchesOf("certmanager").join("")).toContain("DNS-01");
  expect(patchesOf("cluster")).toEqual([]);
});
