import type { ResourceRule } from "../model/rule.ts";
import { shown } from "../model/judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";
import { containersOf } from "../model/workloads.ts";

/** A container that runs to its end needs no probe: its exit code is its result. */
export const requireProbes: ResourceRule = {
  name: "require-probes",
  description: "Every container that keeps running has a liveness and a readiness probe.",
  level: "mandatory",
  check: (subject) =>
    containersOf(subject)
      .filter(({ ends }) => !ends)
      .flatMap(({ where, spec }) =>
        ["livenessProbe", "readinessProbe"]
          .filter((probe) => !isMap(spec[probe]))
          .map(
            (probe) =>
              `${where}: ${probe} must be set, got ${shown(spec[probe])}; without it a container that hangs stays in service`,
          ),
      ),
};
