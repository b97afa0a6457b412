import { newFailures, reasonIn } from "./recovery-watch.ts";

const LOG = [
  '{"level":"info","msg":"Starting barman-cloud-restore"}',
  '{"level":"info","logger":"postgres","record":{"error_severity":"FATAL","message":"requested timeline 3 is not a child of this server\'s history"}}',
  '{"level":"error","msg":"Error while restoring a backup","error":"encountered an error while checking the presence of first needed WAL"}',
  "not JSON",
].join("\n");

test("the reason is the last error, of the operator or of the server", () => {
  expect(reasonIn(LOG)).toBe("encountered an error while checking the presence of first needed WAL");
  expect(reasonIn(LOG.split("\n").slice(0, 2).join("\n"))).toBe(
    "requested timeline 3 is not a child of this server's history",
  );
  expect(reasonIn("")).toBe("its log says nothing");
});

test("each attempt that has failed is told once, with the way that is left", async () => {
  const asked: string[] = [];
  const phases: Record<string, string> = {
    "postgres-1-full-recovery-a": "Failed",
    "postgres-1-full-recovery-b": "Running",
  };
  const cluster = {
    pods: (namespace: string, selector: string) => {
      asked.push(`${namespace} ${selector}`);
      return Promise.resolve(
        Object.entries(phases).map(([name, phase]) => ({ metadata: { name }, status: { phase } })),
      );
    },
    log: () => Promise.resolve(LOG),
  };
  const told = new Set<string>();
  const failed = (pod: string) =>
    `postgres: must be recovered from the archive, but ${pod} has failed: encountered an error while checking the presence of first needed WAL. ` +
    "The operator tries again; if this repeats, end the update, delete the Cluster postgres with its volumes, and set acci:restore.from to dump";
  expect(await newFailures(cluster, "acci-dr", told)).toEqual([failed("postgres-1-full-recovery-a")]);
  expect(await newFailures(cluster, "acci-dr", told)).toEqual([]);
  phases["postgres-1-full-recovery-b"] = "Failed";
  expect(await newFailures(cluster, "acci-dr", told)).toEqual([failed("postgres-1-full-recovery-b")]);
  expect(asked[0]).toBe("acci-dr cnpg.io/cluster=postgres,cnpg.io/jobRole=full-recovery");
});
