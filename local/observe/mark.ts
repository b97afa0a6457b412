import { existsSync, rmSync, writeFileSync } from "node:fs";
import { inState } from "../lib/paths.ts";
import type { Tree } from "../../tooling/maps.ts";

export const NAMESPACE = "observe";
/** Service and pod. */
export const STORE = "store";
export const OTLP_PORT = 4318;

/** File that says that the stacks of this platform send their traces to its store. */
const mark = inState("observed");

export const observed = () => existsSync(mark);

export function setObserved(on: boolean): void {
  if (on) writeFileSync(mark, "");
  else rmSync(mark, { force: true });
}

/** Configuration that leads a stack's traces to the store, while there is one. */
export const observation = (): Tree =>
  observed()
    ? {
        "acci:telemetry": {
          endpoint: `http://${STORE}.${NAMESPACE}.svc:${OTLP_PORT}`,
          destination: { namespace: NAMESPACE },
        },
      }
    : {};
