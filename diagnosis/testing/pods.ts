import type { ContainerStatus, Pod, PodEvent } from "../pods.ts";

/** Pods as a cluster showed them, cut to what a diagnosis reads. */
const pod = (name: string, init: ContainerStatus, main: ContainerStatus, ready = false): Pod => ({
  metadata: { name },
  status: {
    phase: "Pending",
    conditions: [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status: ready ? "True" : "False" },
    ],
    initContainerStatuses: [init],
    containerStatuses: [main],
  },
});

const migrated: ContainerStatus = {
  name: "migrate",
  ready: true,
  restartCount: 0,
  state: { terminated: { exitCode: 0, reason: "Completed" } },
};
const waitingForInit: ContainerStatus = {
  name: "acci",
  ready: false,
  restartCount: 0,
  state: { waiting: { reason: "PodInitializing" } },
};

export const crashingMigration = pod(
  "acci-framework-6d8f-x2x7k",
  {
    name: "migrate",
    ready: false,
    restartCount: 4,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 1m20s restarting failed container" } },
    lastState: { terminated: { exitCode: 1, reason: "Error" } },
  },
  waitingForInit,
);
export const missingImage = pod(
  "acci-framework-7c9b-hh2lq",
  {
    name: "migrate",
    ready: false,
    restartCount: 0,
    state: { waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "ghcr.io/x:1"' } },
  },
  waitingForInit,
);
export const outOfMemory = pod("acci-framework-5f4d-qqzz2", migrated, {
  name: "acci",
  ready: false,
  restartCount: 1,
  state: { terminated: { exitCode: 137, reason: "OOMKilled" } },
});
export const unready = pod("acci-framework-8b7c-aaaaa", migrated, {
  name: "acci",
  ready: false,
  restartCount: 0,
  state: { running: {} },
});
export const healthy = pod(
  "acci-framework-8b7c-bbbbb",
  migrated,
  { name: "acci", ready: true, restartCount: 0, state: { running: {} } },
  true,
);
export const starting = pod(
  "acci-framework-8b7c-ccccc",
  { ...migrated, state: { running: {} }, ready: false },
  waitingForInit,
);
export const unscheduled: Pod = {
  metadata: { name: "acci-framework-8b7c-ddddd" },
  status: {
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available: 1 Insufficient cpu." }],
  },
};

export const warning = (name: string, reason: string, message: string): PodEvent => ({
  involvedObject: { name },
  type: "Warning",
  reason,
  message,
});
