import { type Connection, withClient } from "../database/connection.ts";
import { compareRoles, rolesOf } from "../database/roles.ts";
import { parallel } from "../parallel.ts";
import { type Mutation, mutations } from "../testing/mutations/all.ts";
import { baseSetup } from "../testing/mutations/base.ts";
import { withCopy } from "../testing/mutations/copy.ts";
import { type Restored, RoundTrip } from "../testing/round-trip.ts";

let trip: RoundTrip;
let restored: Restored;

beforeAll(async () => {
  trip = await RoundTrip.start();
  restored = await trip.restored(baseSetup());
});
afterAll(() => trip.stop());

/** Differences of the database and of the roles that it needs. */
async function problemsOf(target: Connection): Promise<string[]> {
  const roles = await withClient(target, rolesOf);
  return [...compareRoles(restored.manifest.roles, roles), ...(await restored.problems(target))];
}

/** Differences that are found in a copy with the mutation. */
const problemsWith = ({ change, undo }: Mutation, copy: string): Promise<string[]> =>
  withCopy(restored.target, copy, async (target) => {
    await trip.target.query(target, change);
    try {
      return await problemsOf(target);
    } finally {
      if (undo) await trip.target.query(target, undo);
    }
  });

/** The mutation, if it was not found. A comparison that throws has found nothing. */
async function missed(mutation: Mutation, copy: string): Promise<string[]> {
  const { change, kind, name } = mutation;
  const said = `${kind}: ${change}: must be found and named ${name}`;
  try {
    const problems = await problemsWith(mutation, copy);
    return problems.join("\n").includes(name) ? [] : [`${said}, got ${problems.join("; ") || "nothing"}`];
  } catch (error) {
    return [`${said}, got the failure ${(error as Error).message}`];
  }
}

const LANES = 2;

describe("a restored database", () => {
  it("is the same as long as nobody touches it, and so is a copy of it", async () => {
    expect(await problemsOf(restored.target)).toEqual([]);
    expect(await withCopy(restored.target, "untouched", problemsOf)).toEqual([]);
  });

  it(`is found to differ by each of ${mutations.length} planted differences, by name`, async () => {
    const within = mutations.filter(({ undo }) => !undo);
    const found = await parallel(within, LANES, (mutation, lane) => missed(mutation, `mutant_${lane}`));
    // One after the other, because these mutations change the whole server.
    for (const mutation of mutations.filter(({ undo }) => undo)) found.push(await missed(mutation, "mutant"));
    expect(found.flat()).toEqual([]);
  }, 1_800_000);
});
