import { createRoles } from "../../components/postgres/roles.ts";
import { asFailure } from "../failure.ts";
import { newId } from "../id.ts";
import { verify } from "../restore/verify.ts";
import { TestPostgres } from "../testing/postgres.ts";
import { RoundTrip } from "../testing/round-trip.ts";
import { dump } from "./dump.ts";

let trip: RoundTrip;
beforeAll(async () => (trip = await RoundTrip.start()));
afterAll(() => trip.stop());

const request = () => ({ id: newId("test", new Date()), site: "test", parallelism: 2, recipients: [] });
const MEGABYTES = 300;

it("a row of hundreds of megabytes comes back", async () => {
  const source = await trip.database({
    sql: `CREATE TABLE large (t text); INSERT INTO large SELECT repeat('0123456789abcdef', ${(MEGABYTES << 20) / 16})`,
  });
  const manifest = await dump({ ...source, user: "acci_backup" }, trip.store, request());
  expect(manifest.tables[0]!.data.rawBytes).toBe((MEGABYTES << 20) + 1);
  const verification = { parallelism: 2, superuser: trip.target.connection(), site: trip.site };
  expect(await verify(trip.store, manifest, verification)).toEqual([]);
});

it("more tables than the server has locks are refused once, with the setting to raise", async () => {
  const small = TestPostgres.start(["max_locks_per_transaction=10", "max_connections=20"]);
  try {
    await small.query(small.connection(), ["CREATE ROLE acci LOGIN", ...createRoles()].join(";"));
    await small.query(small.connection(), "CREATE DATABASE acci OWNER acci");
    const make = "CREATE TABLE public.t_%s (n int)";
    for (let from = 0; from < 4000; from += 100)
      await small.query(
        small.connection("acci", "acci"),
        `DO $$ BEGIN FOR i IN ${from}..${from + 99} LOOP EXECUTE format('${make}', i); END LOOP; END $$`,
      );
    const taken = dump(small.connection("acci", "acci_backup"), trip.store, request());
    expect(await taken.catch(asFailure)).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(/out of shared memory.*; raise max_locks_per_transaction/s),
    });
  } finally {
    small.stop();
  }
});
