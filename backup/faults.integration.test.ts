import { mkdtempSync, readFileSync } from "node:fs";
import path from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { loadCatalogue } from "./catalogue/document.ts";
import { activeLease } from "./catalogue/lease.ts";
import type { Entry } from "./catalogue/schema.ts";
import { readLastRun, recordRun } from "./last-run.ts";
import { FaultySite, type Servers, startServers, stopServers, waiting } from "./testing/faulty-site.ts";
import { TestPostgres } from "./testing/postgres.ts";
import { mountDisk, unmountDisk } from "./testing/small-disk.ts";
import { TestStore } from "./testing/store.ts";
import { type Asked } from "./testing/store-proxy.ts";
import { type Ended } from "./testing/tool.ts";
import { until } from "./testing/until.ts";
import { EXIT_CODES } from "./contract/exit-codes.ts";

const keys = { identity: "", recipient: "", other: "" };
let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
  [keys.identity, keys.other] = [await generateIdentity(), await generateIdentity()];
  keys.recipient = await identityToRecipient(keys.identity);
});
afterAll(() => stopServers(servers));

/** Rows that overfill the small disks: 45 MB that compress to a half. */
const LARGE =
  "SET ROLE acci; CREATE TABLE public.large AS SELECT md5(g::text) || md5((-g)::text) AS data FROM generate_series(1, 500000) g";

/** A fault. `act` provokes it, runs the step that meets it and repairs it. */
interface Fault {
  readonly name: string;
  readonly code: number;
  readonly alert: string;
  readonly said: RegExp;
  /** Size of the store's disk. @default - the machine's */
  readonly megabytes?: number;
  /** Whether the agent reports it in the end; without the store it cannot. @default true */
  readonly told?: boolean;
  /** Entries of the catalogue beside the good dump. @default nothing */
  readonly beside?: readonly Entry["status"][];
  readonly act: (site: FaultySite) => Promise<Ended>;
}

const FAULTS: readonly Fault[] = [
  {
    name: "the store is unreachable",
    code: EXIT_CODES.store,
    alert: "AcciBackupAgentBlind",
    said: /^dump: s3:\/\/acci\/\S+ at http:\S+: cannot be reached, reading lease.json: ECONNREFUSED.*; look whether it is up/m,
    told: false,
    async act(site) {
      await servers.objects.down();
      const ended = await site.dump();
      await servers.objects.up();
      return ended;
    },
  },
  {
    name: "the store's key is wrong",
    code: EXIT_CODES.store,
    alert: "AcciBackupAgentBlind",
    said: /^dump: s3:\S+ at \S+: does not accept the secret key, .*; correct secretAccessKey/m,
    told: false,
    async act(site) {
      site.setting("secretAccessKey", "wrong");
      const ended = await site.dump();
      site.setting("secretAccessKey", "root-secret");
      return ended;
    },
  },
  {
    name: "the store's disk is full",
    code: EXIT_CODES.store,
    alert: "AcciBackupFailed",
    said: /^dump: s3:\S+ at \S+: has a full disk, writing dumps\/\S+\/tables\/00001: .*; give it more space, or keep fewer dumps$/m,
    megabytes: 16,
    async act(site) {
      await site.sql(LARGE);
      return site.dump();
    },
  },
  {
    name: "the database's password is wrong",
    code: EXIT_CODES.database,
    alert: "AcciBackupFailed",
    said: /^dump: database test_\d+ at \S+ as acci_backup: cannot be used, the password is wrong; the role's Secret and the database disagree/m,
    async act(site) {
      return site.dump({ PGPASSWORD_FILE: site.file("wrong", "wrong") });
    },
  },
  {
    name: "the database is down",
    code: EXIT_CODES.database,
    alert: "AcciBackupFailed",
    said: /^dump: database test_\d+ at \S+ as acci_backup: cannot be used, connect (ENOENT|ECONNREFUSED)/m,
    async act(site) {
      servers.database.down();
      const ended = await site.dump();
      servers.database.up();
      return ended;
    },
  },
  {
    name: "the database goes down in the middle",
    code: EXIT_CODES.database,
    alert: "AcciBackupFailed",
    said: /^dump: database: went away in the middle, .*; look whether it was restarted or switched over, and run it again$/m,
    async act(site) {
      await site.sql(LARGE);
      const running = site.dump();
      await until(async () => (await site.sql("SELECT FROM pg_stat_activity WHERE query LIKE 'COPY%'")).length > 0);
      servers.database.down();
      const ended = await running;
      servers.database.up();
      return ended;
    },
  },
  {
    name: "the disk of the verification server is full",
    code: EXIT_CODES.database,
    alert: "AcciBackupFailed",
    said: /^verify: database: its disk is full, could not extend file .*; raise acci:backups.verification.storage for the verification server/m,
    async act(site) {
      await site.sql(LARGE);
      expect(await site.dump()).toMatchObject({ code: 0 });
      const small = TestPostgres.start(["wal_level=minimal", "max_wal_senders=0"], { megabytes: 80 });
      const ended = await site.verify({}, small);
      small.stop();
      return ended;
    },
  },
  {
    name: "the pod's own disk is full",
    code: EXIT_CODES.database,
    alert: "AcciBackupFailed",
    said: /^verify: temporary files: must fit, got ENOSPC: .*; look at the node's disk/m,
    async act(site) {
      await site.sql(
        `DO $$ BEGIN EXECUTE 'COMMENT ON TABLE public.notes IS ''' || repeat('x', 2000000) || ''''; END $$`,
      );
      expect(await site.dump()).toMatchObject({ code: 0 });
      const folder = mkdtempSync(path.join(servers.objects.folder, "tmp-"));
      mountDisk(folder, 1);
      const ended = await site.verify({ TMPDIR: folder });
      unmountDisk(folder);
      return ended;
    },
  },
  {
    name: "the dump is cut off in the store",
    code: EXIT_CODES.verification,
    alert: "AcciBackupVerificationFailed",
    said: /^verify: prod-\S+: is bad and kept as evidence\n {2}dumps\/\S+\/tables\/00001: must unpack, got unexpected end of file after \d+ of \d+ bytes/m,
    beside: ["bad"],
    async act(site) {
      expect(await site.dump()).toMatchObject({ code: 0 });
      await site.change("00001", (bytes) => bytes.subarray(0, bytes.length - 100));
      return site.verify();
    },
  },
  {
    name: "a bit of it is flipped",
    code: EXIT_CODES.verification,
    alert: "AcciBackupVerificationFailed",
    said: /^verify: prod-\S+: is bad and kept as evidence\n {2}dumps\/\S+\/tables\/00001: .*; the object was changed/m,
    beside: ["bad"],
    async act(site) {
      expect(await site.dump()).toMatchObject({ code: 0 });
      await site.change("00001", (bytes) => {
        bytes[bytes.length >> 1]! ^= 1;
        return bytes;
      });
      return site.verify();
    },
  },
  {
    name: "an object of it is missing",
    code: EXIT_CODES.verification,
    alert: "AcciBackupVerificationFailed",
    said: /^verify: prod-\S+: is bad and kept as evidence\n {2}s3:\S+ at \S+: has no dumps\/\S+\/archive; the dump is not whole/m,
    beside: ["bad"],
    async act(site) {
      expect(await site.dump()).toMatchObject({ code: 0 });
      await site.store.remove((await site.newest()).filter((key) => key.endsWith("archive")));
      return site.verify();
    },
  },
  {
    name: "a bit of an encrypted dump is flipped",
    code: EXIT_CODES.verification,
    alert: "AcciBackupVerificationFailed",
    said: /^verify: prod-\S+: is bad and kept as evidence\n {2}dumps\/\S+\/00001: must unpack, got .*; the object was changed/m,
    beside: ["bad"],
    async act(site) {
      expect(await site.dump({ ACCI_RECIPIENTS: keys.recipient })).toMatchObject({ code: 0 });
      await site.change("00001", (bytes) => {
        bytes[bytes.length >> 1]! ^= 1;
        return bytes;
      });
      return site.verify({ ACCI_IDENTITY_FILE: site.file("identity", keys.identity) });
    },
  },
  {
    name: "the identity is another",
    code: EXIT_CODES.refused,
    alert: "AcciBackupFailed",
    said: /^verify: dumps\/\S+\/archive: must open with the identity, got .*; set acci:backupIdentity to the age secret key/m,
    async act(site) {
      expect(await site.dump({ ACCI_RECIPIENTS: keys.recipient })).toMatchObject({ code: 0 });
      return site.verify({ ACCI_IDENTITY_FILE: site.file("identity", keys.other) });
    },
  },
  {
    name: "the store cannot read an object of it",
    code: EXIT_CODES.verification,
    alert: "AcciBackupVerificationFailed",
    said: /^verify: prod-\S+: is bad and kept as evidence\n {2}s3:\S+ at \S+: dumps\/\S+\/00001: must be readable as others are, got /m,
    beside: ["bad"],
    async act(site) {
      expect(await site.dump()).toMatchObject({ code: 0 });
      const isObject = ({ method, url }: Asked) => method === "GET" && /\/00001\?/.test(url);
      return site.through(
        (asked) => (isObject(asked) ? asked.pass(0) : asked.pass()),
        () => site.verify(),
      );
    },
  },
  {
    name: "the store lacks what a run needs",
    code: EXIT_CODES.refused,
    alert: "AcciBackupFailed",
    said: /^dump: s3:\S+ at \S+: must do what S3 does, .*; use another one, or a newer version of it:\n {2}- refuses If-Match \(501 /m,
    act: (site) =>
      site.through(
        (asked) =>
          asked.method === "PUT" && asked.headers["if-match"] ? asked.refuse(501, "NotImplemented") : asked.pass(),
        () => site.dump(),
      ),
  },
  {
    name: "an older catalogue was put back",
    code: EXIT_CODES.refused,
    alert: "AcciBackupFailed",
    said: /^dump: s3:\S+ at \S+: catalogue.json must be of revision 2 or later, got 1: .*; put the object's newest version back/m,
    beside: ["verified"],
    async act(site) {
      const older = await site.catalogue();
      expect([(await site.dump()).code, (await site.verify()).code]).toEqual([0, 0]);
      return site.withCatalogue(older, () => site.dump());
    },
  },
  {
    name: "the catalogue is damaged",
    code: EXIT_CODES.refused,
    alert: "AcciBackupFailed",
    said: /^dump: s3:\S+ at \S+: catalogue.json must be as it was written, but its content has the checksum .*; put the object's newest good/m,
    async act(site) {
      const damaged = (await site.catalogue()).replace('"epoch": 1', '"epoch": 3');
      return site.withCatalogue(damaged, () => site.dump());
    },
  },
  {
    name: "the database holds what no recovery brings back",
    code: EXIT_CODES.unrestorable,
    alert: "AcciBackupUnrestorable",
    said: /^dump: the database must have nothing that a recovery could not bring back, got\n {2}TABLE public.strange, of postgres; let the/m,
    async act(site) {
      await site.sql("CREATE TABLE public.strange (id int)");
      return site.dump();
    },
  },
  {
    name: "the server is newer than the client",
    code: EXIT_CODES.refused,
    alert: "AcciBackupFailed",
    said: /^dump: pg_dump 14.9: must be at least of the server's version, got 15\S*.*; update the backup image/m,
    act: (site) => {
      const folder = path.dirname(site.file("pg_dump", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.9'\n"));
      return site.dump({ PATH: `${folder}:${process.env["PATH"]}` });
    },
  },
  {
    name: "the clocks disagree",
    code: EXIT_CODES.refused,
    alert: "AcciBackupFailed",
    said: /^dump: clock: must agree with the database's to 5 minutes, got (599|60\d) s apart; set the clocks of the nodes by NTP/m,
    act: (site) => {
      const ahead = site.file("ahead.mjs", "const now = Date.now; Date.now = () => now() + 600_000;");
      return site.dump({ NODE_OPTIONS: `--import=${ahead}` });
    },
  },
  {
    name: "another run is at work",
    code: EXIT_CODES.lease,
    alert: "AcciBackupFailed",
    said: /^dump: s3:\S+ at \S+: backup-0 is at work since 2\S+ and was heard of \d+ s ago; wait for its end/m,
    told: false,
    beside: ["verified"],
    async act(site) {
      const first = () => site.dump({ ACCI_RUN: "backup-0" });
      const { answer: second, ended } = await waiting(site, "LOCK TABLE public.tags", first, site.dump);
      expect((await readLastRun(site.store, "prod"))?.exitCode).toBe(EXIT_CODES.lease);
      expect([ended.code, (await site.verify()).code]).toEqual([0, 0]);
      return second;
    },
  },
];

test("a Job that failed after its dump was published makes no second one when it is tried again, and ends well", async () => {
  const site = await FaultySite.start(servers);
  const job = { ACCI_JOB: "backup-29000000" };
  expect([(await site.dump(job)).code, (await site.verify()).code]).toEqual([0, 0]);
  const good = await site.good();
  await recordRun(site.store, "prod", new Date(), 69);
  const again = await site.dump(job);
  expect(again.said).toMatch(
    /^prod-\S+ was made, verified and published by an attempt of backup-29000000 before this one/,
  );
  expect([again.code, (await site.verify()).code]).toEqual([0, 0]);
  expect((await loadCatalogue(site.store))!.entries.map(({ run }) => run)).toEqual([undefined, "backup-29000000"]);
  expect(await site.good()).toEqual(good);
  expect((await readLastRun(site.store, "prod"))?.exitCode).toBe(0);
  expect(await activeLease(site.store)).toBeUndefined();
});

describe("a run that fails says why, tells the agent and leaves the last good dump as it was, when", () => {
  test.each(FAULTS)("$name", async ({ act, beside = [], code, megabytes, said, told = true }) => {
    const small = megabytes ? await TestStore.start({ megabytes }) : undefined;
    try {
      const site = await FaultySite.start(servers, small);
      const good = await site.good();
      const ended = await act(site);
      expect(ended.said).toMatch(said);
      expect(ended.code).toBe(code);
      expect(await site.good()).toEqual(good);
      const [, ...others] = (await loadCatalogue(site.store))!.entries;
      expect(others.map(({ status }) => status)).toEqual(beside);
      expect((await readLastRun(site.store, "prod"))?.exitCode).toBe(told ? code : 0);
    } finally {
      await small?.stop();
    }
  });
});

test("docs/backups.md tells of each of them, and its alert is one of ours", () => {
  const [docs, alerts] = ["../docs/backups.md", "../assets/alerts/backups.yaml"].map((file) =>
    readFileSync(path.join(import.meta.dirname, file), "utf8"),
  );
  for (const { alert, code, name } of FAULTS) {
    expect(alerts).toContain(`alert: ${alert}\n`);
    expect(docs).toMatch(new RegExp(`^\\| ${name} +\\| [^|]+ \\| ${code} +\\| \`${alert}\` +\\| `, "m"));
  }
});
