import type { Finding } from "./linters.ts";

/** A known finding of a linter, and the reason why it stays. */
export interface Waiver {
  readonly check: string;
  readonly objects: RegExp;
  /** Names of the value sets that it applies to. @default - all */
  readonly sets?: RegExp;
  readonly reason: string;
}

const EVALUATION = /-(postgresql|redis)$/;

export const WAIVERS: readonly Waiver[] = [
  {
    check: "container-image-pull-policy",
    objects: /./,
    reason:
      "images are named by digest or by a version that is never reused; Always would tie each start to the registry",
  },
  {
    check: "deployment-has-host-podantiaffinity",
    objects: /^Deployment acci-framework$/,
    reason: "topologySpreadConstraints spread the pods over nodes and zones; the check does not know them",
  },
  {
    check: "no-anti-affinity",
    objects: /^Deployment acci-framework$/,
    reason: "as deployment-has-host-podantiaffinity",
  },
  {
    check: "pod-networkpolicy",
    objects: /./,
    sets: /^the /,
    reason:
      "networkPolicy is off by default, since it must know the cluster's controller; the program has policies of its own",
  },
  {
    check: "non-isolated-pod",
    objects: /./,
    sets: /^the /,
    reason: "as pod-networkpolicy",
  },
  {
    check: "dangling-networkpolicypeer-podselector",
    objects: /^NetworkPolicy acci-framework$/,
    sets: /external data tier$/,
    reason: "the database is another release's, which is the point of the set",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /^StatefulSet .*-postgresql$/,
    reason: "the image's own user, which owns the files in it",
  },
  {
    check: "deployment-strategy",
    objects: /^Deployment .*-redis$/,
    reason: "two caches at once behind one name would answer differently",
  },
  { check: "deployment-replicas", objects: /^Deployment .*-redis$/, reason: "the evaluation tier is one pod each" },
  { check: "minimum-three-replicas", objects: EVALUATION, reason: "the evaluation tier is one pod each" },
  {
    check: "minimum-three-replicas",
    objects: /^Deployment acci-framework$/,
    reason: "autoscaling sets the number: no fewer than three, unless a stack for development says so",
  },
  {
    check: "no-rolling-update-strategy",
    objects: EVALUATION,
    reason: "as deployment-strategy; and rolling is what a StatefulSet does unless told otherwise",
  },
  { check: "no-liveness-probe", objects: /^Pod .*-test$/, reason: "the pod of helm test is itself a probe, and ends" },
  { check: "no-readiness-probe", objects: /^Pod .*-test$/, reason: "the pod of helm test is itself a probe, and ends" },
];

export const waives = ({ check, objects, sets }: Waiver, set: string, finding: Finding) =>
  check === finding.check && objects.test(finding.object) && (sets ?? /./).test(set);
