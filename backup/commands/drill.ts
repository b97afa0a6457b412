import { writeFileSync } from "node:fs";
import path from "node:path";
import { choose } from "../catalogue/choose.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { withPin } from "../catalogue/pin.ts";
import type { Entry } from "../catalogue/schema.ts";
import { htmlOf, markdownOf } from "../drill/page.ts";
import { type Drill, recordDrill } from "../drill/record.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { asFailure } from "../failure.ts";
import { requireIdentity } from "../identity.ts";
import { say } from "../progress.ts";
import { bringBack, differencesIn, settle } from "../restore/bring-back.ts";
import { requireSame } from "../restore/compare.ts";
import { withDump } from "../restore/open.ts";
import { prepareVerificationServer, requireRoles } from "../restore/verification-server.ts";
import { connectionOf, type Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import { Phases } from "../failover/phases.ts";
import { applicationChecks, passChecks } from "../smoke-test/checks.ts";
import { loadOptions, siteServer } from "./load-options.ts";
import { withStore } from "./run.ts";
import { leave, leftBy } from "./step-state.ts";

/** First step: restores the newest verified dump into a verification server, as a failover would. */
export async function drillCommand(settings: Settings): Promise<void> {
  const { site } = settings;
  const startedAt = new Date();
  const phases = new Phases();
  await withStore(settings, async (store) => {
    let entry: Entry | undefined;
    const told = () => ({ site, startedAt: startedAt.toISOString(), ...(entry ? factsOf(entry, startedAt) : {}) });
    try {
      const chosen = await phases.run("choosing", async () => choose(await loadCatalogue(store), { latest: true }));
      entry = chosen;
      await withPin(store, chosen.id, () => rehearse(settings, store, chosen, phases));
    } catch (error) {
      await failed(store, { ...told(), phases: phases.seconds }, error as Error);
    }
    leave(settings, "drill", { ...told(), phases: phases.seconds, restoredAt: new Date().toISOString() });
  });
}

/** Last step: checks that the application serves the restored data, and records the drill. */
export async function drillEndCommand(settings: Settings): Promise<void> {
  const { restoredAt, ...begun } = leftBy(settings, "drill");
  const phases = new Phases();
  phases.note("application", secondsBetween(restoredAt, new Date()));
  await withStore(settings, async (store) => {
    try {
      await phases.run("validating", () => passChecks(applicationChecks(settings.application), settings.checkSeconds));
    } catch (error) {
      await failed(store, { ...begun, phases: { ...begun.phases, ...phases.seconds } }, error as Error);
    }
    const finishedAt = new Date();
    const rtoSeconds = secondsBetween(begun.startedAt, finishedAt);
    await storeRecord(store, {
      ...begun,
      phases: { ...begun.phases, ...phases.seconds },
      finishedAt: finishedAt.toISOString(),
      exitCode: 0,
      rtoSeconds,
    });
    say(`the drill went well: ${begun.rows} rows of ${begun.dump} served after ${rtoSeconds} s`);
  });
}

async function rehearse(settings: Settings, store: Store, entry: Entry, phases: Phases): Promise<void> {
  const options = loadOptions(settings);
  requireIdentity(entry.recipients, options.identity);
  const manifest = await phases.run("checking", () => readManifest(store, entry.manifest));
  const site = siteServer(settings);
  requireRoles(manifest, site);
  await withDump(store, manifest, options, async (dump) => {
    const server = await prepareVerificationServer(connectionOf(settings), site);
    const target = await phases.run("restoring", () => bringBack(server, manifest.database.name, dump));
    await phases.run("comparing", async () =>
      requireSame(manifest.id, [
        ...(await differencesIn(server, target, dump)),
        ...(await settle(server, target, dump)),
      ]),
    );
  });
  for (const { file, url } of settings.addresses) writeFileSync(path.join(settings.workFolder, file), url);
}

const factsOf = ({ id, rawBytes, rows, snapshotAt }: Entry, startedAt: Date) => ({
  dump: id,
  snapshotAt,
  rows,
  bytes: rawBytes,
  rpoSeconds: secondsBetween(snapshotAt, startedAt),
});

async function failed(store: Store, drill: Omit<Drill, "finishedAt" | "exitCode">, error: Error): Promise<never> {
  const { exitCode, message } = asFailure(error);
  // The store may be what failed.
  await storeRecord(store, { ...drill, finishedAt: new Date().toISOString(), exitCode, reason: message }).catch(
    () => {},
  );
  throw error;
}

/** Stores the record as JSON, and as pages to read. */
async function storeRecord(store: Store, drill: Drill): Promise<void> {
  const drills = await recordDrill(store, drill);
  await store.write(`drills/${drill.site}.md`, markdownOf(drills));
  await store.write(`drills/${drill.site}.html`, htmlOf(drills));
}

const secondsBetween = (from: string, to: Date) => Number(((to.getTime() - Date.parse(from)) / 1000).toFixed(1));
