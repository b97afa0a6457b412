import type { ResourceRule } from "../model/rule.ts";
import { listAt, shown, textAt } from "../model/judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";
import { type Workload, workloadsOf } from "../model/workloads.ts";
import { isWaived } from "../waivers.ts";

const NAME = "disallow-host-namespaces";

/** Network policies do not apply to the host's network, and its folders hold other pods' secrets. */
export const disallowHostNamespaces: ResourceRule = {
  name: NAME,
  description: "No pod uses the node's network, processes, IPC, ports or folders.",
  level: "mandatory",
  check: (subject) =>
    workloadsOf(subject).flatMap((workload) => [...shared(workload), ...ports(workload), ...folders(workload)]),
};

const shared = ({ pod, where }: Workload) =>
  ["hostNetwork", "hostPID", "hostIPC"]
    .filter((field) => pod[field] === true)
    .map((field) => `${where}: ${field} must be unset, got true; give the pod a Service or a volume of its own`);

const ports = ({ containers }: Workload) =>
  containers.flatMap(({ where, spec }) =>
    listAt(spec, "ports")
      .filter((port) => isMap(port) && port["hostPort"] !== undefined)
      .map(
        (port) =>
          `${where}: hostPort must be unset, got ${shown((port as { hostPort: unknown }).hostPort)}; use a Service`,
      ),
  );

const folders = ({ pod, where }: Workload) =>
  listAt(pod, "volumes")
    .filter((volume) => isMap(volume) && volume["hostPath"] !== undefined)
    .filter((volume) => !isWaived(NAME, `${where}, volume ${textAt(volume, "name")}`))
    .map(
      (volume) =>
        `${where}: volume ${textAt(volume, "name")} must not be a hostPath, got ${shown(textAt(volume, "hostPath", "path"))}; ` +
        "use a claim or an emptyDir",
    );
