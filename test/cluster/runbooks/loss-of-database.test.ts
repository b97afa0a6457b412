import { catalogueOf } from "../support/dumps.ts";
import { RunbookRunner } from "../support/runbook-runner.ts";
import { command, dev, otherTenant, readNote, sql, until, writeNote } from "../support/site.ts";

const operator = new RunbookRunner("dev");
const follow = (heading: string) => operator.follow("loss-of-database", heading);
const catalogue = async () => (await catalogueOf("dev"))!;

describe("the runbook for a lost database", () => {
  it("brings the last dump back into a new one, for an application that trusts the new server", async () => {
    const { id } = await writeNote("before the database was lost");
    await command("backup-create");
    const [before, { epoch }] = [await dev.contentOfNotes(), await catalogue()];
    const [lost] = await sql("SELECT system_identifier FROM pg_control_system()");
    await follow("Remove what is left of it");
    await follow("Bring the last dump back");
    expect(await sql("SELECT system_identifier FROM pg_control_system()")).not.toEqual([lost]);
    expect(await dev.contentOfNotes()).toEqual(before);
    expect((await catalogue()).epoch).toBe(epoch);
    await until("the site to serve", 60, async () => (await readNote(id)).status === 200);
    expect((await readNote(id, otherTenant)).status).toBe(404);
    await writeNote("in the new one");
  });

  it("and dumps go on from there", async () => {
    await command("backup-create");
    const { entries } = await catalogue();
    expect(new Set(entries.slice(-2).map(({ systemIdentifier }) => systemIdentifier)).size).toBe(2);
  });

  // An update without acci:restore removes what the restore has left.
  afterAll(() => operator.runCommands(["pulumi up -s dev"]));
});
