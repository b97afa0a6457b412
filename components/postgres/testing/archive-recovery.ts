import type { ArchiveRecovery } from "../../../backup/contract/shapes.ts";

/** A recovery of prod's database from its archive, for the failover of epoch 2. */
export const archiveRecovery: ArchiveRecovery = {
  epoch: 2,
  server: "acci-prod",
  backup: "20260131T120000",
  systemIdentifier: "7000000000000000001",
  segment: "000000010000000000000007",
  reachesTo: "2026-01-31T13:00:00.000Z",
};
