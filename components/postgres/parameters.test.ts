import fc from "fast-check";
import { postgresParameters } from "./parameters.ts";

test("8Gi and 200 connections", () => {
  expect(postgresParameters({ storage: "50Gi", memoryLimit: "8Gi", maxConnections: 200 })).toEqual({
    max_connections: "200",
    max_locks_per_transaction: "120",
    shared_buffers: "2048MB",
    effective_cache_size: "6144MB",
    work_mem: "10485kB",
    maintenance_work_mem: "512MB",
    password_encryption: "scram-sha-256",
    random_page_cost: "1.1",
    log_min_duration_statement: "1000",
    idle_in_transaction_session_timeout: "60000",
    max_slot_wal_keep_size: "10240MB",
    wal_retrieve_retry_interval: "500ms",
  });
});

test("shared buffers and the sorts of a full house leave memory to spare", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1024, max: 262144 }),
      fc.integer({ min: 20, max: 250 }),
      (memoryMiB, maxConnections) => {
        const parameters = postgresParameters({ storage: "50Gi", memoryLimit: `${memoryMiB}Mi`, maxConnections });
        const shared = parseInt(parameters["shared_buffers"]!, 10);
        const sorts = (parseInt(parameters["work_mem"]!, 10) * maxConnections) / 1024;
        const maintenance = parseInt(parameters["maintenance_work_mem"]!, 10);
        expect(shared + sorts + maintenance).toBeLessThanOrEqual(memoryMiB * 0.75);
      },
    ),
  );
});

test("a tiny instance still gets what Postgres needs to start", () => {
  const parameters = postgresParameters({ storage: "50Gi", memoryLimit: "128Mi", maxConnections: 100 });
  expect([parameters["shared_buffers"], parameters["work_mem"], parameters["maintenance_work_mem"]]).toEqual([
    "32MB",
    "1024kB",
    "32MB",
  ]);
});

test("the log tells what it is asked to, and never a statement with a password", () => {
  const auditOf = (audit: "off" | "connections" | "pgaudit") => {
    const parameters = postgresParameters({ storage: "50Gi", memoryLimit: "1Gi", maxConnections: 60 }, { audit });
    expect(Object.keys(parameters)).not.toContain("log_statement");
    return [parameters["log_connections"], parameters["log_disconnections"], parameters["pgaudit.log"]];
  };
  expect(auditOf("off")).toEqual([undefined, undefined, undefined]);
  expect(auditOf("connections")).toEqual(["on", "on", undefined]);
  expect(auditOf("pgaudit")).toEqual(["on", "on", "role, ddl"]);
});

test("a dump of 10,000 tables finds a lock for each, twice", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 2000 }), (maxConnections) => {
      const parameters = postgresParameters({ storage: "50Gi", memoryLimit: "8Gi", maxConnections });
      const locks = Number(parameters["max_locks_per_transaction"]);
      expect(locks).toBeGreaterThanOrEqual(64);
      expect(locks * maxConnections).toBeGreaterThanOrEqual(20_000);
    }),
  );
});
