import type { ResourceRule } from "../model/rule.ts";
import { at, listAt, type Props, propsAt, shown } from "../model/judged-resource.ts";
import { type Workload, workloadsOf } from "../model/workloads.ts";
import { isWaived } from "../waivers.ts";

const NAME = "restrict-pod-security";

interface Requirement {
  readonly field: string;
  readonly wanted: string;
  readonly got: unknown;
  readonly met: boolean;
}

/**
 * The demands of Pod Security `restricted`, and a read-only root. Checked here so that a violation shows before the cluster refuses the
 * pod, in releases too.
 */
export const restrictPodSecurity: ResourceRule = {
  name: NAME,
  description: "Every pod is non-root, unprivileged, without capabilities, under seccomp and on a read-only root.",
  level: "mandatory",
  check: (subject) => workloadsOf(subject).flatMap(problemsOf),
};

const problemsOf = ({ containers, pod }: Workload): string[] =>
  containers.flatMap(({ where, spec }) =>
    demands(propsAt(spec, "securityContext"), propsAt(pod, "securityContext"))
      .filter(({ field, met }) => !met && !isWaived(NAME, `${where}, ${field}`))
      .map(
        ({ field, wanted, got }) =>
          `${where}: securityContext.${field} must be ${wanted}, got ${shown(got)}; set it in the container's or the pod's securityContext`,
      ),
  );

/** Demands on a container; its own security context takes precedence over the pod's. */
function demands(own: Props, pod: Props): Requirement[] {
  const either = (...path: string[]) => at(own, ...path) ?? at(pod, ...path);
  const exactly = (field: string, wanted: unknown, got: unknown) => ({
    field,
    wanted: shown(wanted),
    got,
    met: got === wanted,
  });
  const [user, seccomp] = [either("runAsUser"), either("seccompProfile", "type")];
  const profiles = ["RuntimeDefault", "Localhost"];
  return [
    exactly("runAsNonRoot", true, either("runAsNonRoot")),
    { field: "runAsUser", wanted: "another user than root", got: user, met: user !== 0 },
    exactly("allowPrivilegeEscalation", false, own["allowPrivilegeEscalation"]),
    { field: "privileged", wanted: "false", got: own["privileged"], met: own["privileged"] !== true },
    exactly("readOnlyRootFilesystem", true, own["readOnlyRootFilesystem"]),
    { field: "capabilities.drop", wanted: '["ALL"]', got: at(own, "capabilities", "drop"), met: dropsAll(own) },
    { field: "capabilities.add", wanted: "empty", got: at(own, "capabilities", "add"), met: addsNone(own) },
    { field: "seccompProfile.type", wanted: "RuntimeDefault", got: seccomp, met: profiles.includes(String(seccomp)) },
  ];
}

const dropsAll = (own: Props) => listAt(own, "capabilities", "drop").includes("ALL");
const addsNone = (own: Props) => listAt(own, "capabilities", "add").length === 0;
