import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pruneHistory } from "./history.ts";

const backend = mkdtempSync(path.join(os.tmpdir(), "acci-history-"));
afterAll(() => rmSync(backend, { recursive: true }));

const timeOf = (update: number) => String(1_795_884_164_113_802_000n + BigInt(update));

/** Writes what the CLI does at each update. */
function written(stack: string, updates: number): { history: string; backups: string } {
  const [history, backups] = ["history", "backups"].map((kind) => path.join(backend, ".pulumi", kind, "acci", stack));
  for (const folder of [history!, backups!]) mkdirSync(folder, { recursive: true });
  for (let update = 0; update < updates; update++) {
    const time = timeOf(update);
    for (const what of ["checkpoint", "history"])
      for (const end of ["", ".attrs"]) writeFileSync(path.join(history!, `${stack}-${time}.${what}.json${end}`), "");
    for (const end of ["", ".attrs"]) writeFileSync(path.join(backups!, `${stack}.${time}.json${end}`), "");
  }
  writeFileSync(path.join(history!, "of-somebody-else"), "");
  return { history: history!, backups: backups! };
}

test("the newest fifty updates of each stack are kept", () => {
  const [dev, prod] = [written("dev", 73), written("prod", 3)];
  pruneHistory(backend);
  pruneHistory(backend);
  const times = (folder: string) => new Set(readdirSync(folder).flatMap((file) => /\d{19}/.exec(file) ?? []));
  const newest = new Set(Array.from({ length: 50 }, (_, at) => timeOf(23 + at)));
  expect([times(dev.history), times(dev.backups)]).toEqual([newest, newest]);
  expect(readdirSync(dev.history)).toHaveLength(4 * 50 + 1);
  expect(readdirSync(prod.history)).toHaveLength(4 * 3 + 1);
});

test("a platform that has made no update yet has nothing to remove", () => {
  expect(() => pruneHistory(path.join(backend, "new"))).not.toThrow();
});
