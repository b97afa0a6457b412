import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "./document.ts";
import type { Store } from "./store.ts";

interface Run {
  readonly site: string;
  readonly startedAt: string;
}

/** Runs that a history keeps: some years of weekly ones. */
const KEPT = 200;

/** What is recorded of each run of a kind, in one document for each site, oldest first. */
export function historyOf<T extends Run>(kind: "drills" | "rollouts", runSchema: z.ZodType<T>) {
  const format = `acci-${kind}`;
  const schema = z.strictObject({ format: z.literal(format), version: z.literal(1), [kind]: z.array(runSchema) });
  const documentOf = (site: string): Document<T[]> => {
    const key = `${kind}/${site}.json`;
    return {
      key,
      parse(body, store) {
        try {
          return schema.parse(JSON.parse(body))[kind] as T[];
        } catch (error) {
          throw new BackupError(
            "refused",
            `${store.place}/${key}: must be a list of ${kind}, got ${(error as Error).message}; remove it to begin anew`,
          );
        }
      },
      print: (runs) => `${JSON.stringify(schema.parse({ format, version: 1, [kind]: runs }), null, 2)}\n`,
    };
  };
  return {
    read: async (store: Store, site: string): Promise<T[]> => (await readDocument(store, documentOf(site))) ?? [],
    /** Adds a run, also while another one is added. One that is there already, by a pod that was replaced, stays as it is. */
    record: (store: Store, run: T): Promise<T[]> =>
      changeDocument(store, documentOf(run.site), (runs = []) =>
        runs.some(({ startedAt }) => startedAt === run.startedAt) ? runs : [...runs, run].slice(-KEPT),
      ),
    /** Adds to what is recorded of the run that began then. */
    amend: (store: Store, site: string, startedAt: string, more: Partial<T>): Promise<T[]> =>
      changeDocument(store, documentOf(site), (runs = []) =>
        runs.map((run) => (run.startedAt === startedAt ? { ...run, ...more } : run)),
      ),
  };
}
