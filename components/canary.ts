import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Command } from "../backup/contract/commands.ts";
import { holds, PREVIOUS, RELEASES, type RolloutPlan } from "../backup/contract/rollout.ts";
import { AGENT_RESOURCES } from "../config/sizing.ts";
import { checksum } from "../kubernetes/checksum.ts";
import { objectLabels } from "../kubernetes/labels.ts";
import { awaitedJob, TRIES, waitFor } from "./recovery/backup-tool.ts";
import { jobPod, toolStep } from "./recovery/container.ts";
import { certificate, kubernetesToken, writerKey } from "./recovery/grants.ts";
import { reference, settings } from "./recovery/settings.ts";

/** `acci:rollout`, of a new version that runs beside the stable one. */
export interface CanaryPolicy {
  /** Image of the tools, by digest. */
  readonly image: pulumi.Input<string>;
  /** Name of the site, which is that of its namespace. */
  readonly site: string;
  readonly plan: RolloutPlan;
  /** Public name of the site, and host and port at which the cluster reaches the controller, for the requests that the Job makes itself. */
  readonly host: string;
  readonly route: string;
  /** Secret with the certificate that the route must present. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Seconds after which the Job is ended, long after the rollout has ended itself. */
  readonly deadlineSeconds: number;
  /** Text at the end of the description of the canary's release; a new text makes a new revision. @default - none */
  readonly note?: string | undefined;
  /** Hooks of the canary's release, and of the Job, which show progress and explain a failure. */
  readonly hooks?: { readonly release?: pulumi.ResourceHookBinding; readonly job?: pulumi.ResourceHookBinding };
}

export interface CanaryArgs extends Omit<CanaryPolicy, "note"> {
  /** The application's release, but for its name. */
  readonly release: Omit<k8s.helm.v3.ReleaseArgs, "name" | "values" | "namespace"> & {
    readonly namespace: pulumi.Input<string>;
    readonly timeout: number;
    readonly values: object;
  };
  /** Digest of what the pods run. */
  readonly version: pulumi.Output<string>;
}

const ROUTES = "gateway.networking.k8s.io";

/**
 * The new version beside the stable one: a second release of the chart, without pods and a route of its own at rest, and the Job that
 * leads requests to it, judges it and takes them away again. Whatever depends on the Job comes after a canary that was good.
 */
export class Canary extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;
  readonly #name: string;
  readonly #args: CanaryArgs;

  constructor(name: string, args: CanaryArgs, opts?: pulumi.ComponentResourceOptions) {
    // Hooks are functions: they cannot be sent to the engine as inputs.
    const { hooks, ...inputs } = args;
    super("acci:index:Canary", name, inputs, opts);
    this.#name = name;
    this.#args = args;
    const release = this.createRelease(name, args, hooks?.release);
    const account = this.createAccount(name, args);
    const previous = args.plan.strategy === "blue-green" ? [this.createPrevious(name, args)] : [];
    this.job = this.createJob("rollout", [release, ...account, ...previous]);
    this.registerOutputs({});
  }

  /** Once the release runs the new version, which has had all requests until then: leads them to the release. */
  finish(release: pulumi.Resource): k8s.batch.v1.Job | undefined {
    return holds(this.#args.plan) ? this.createJob("rollout-finish", [this.job, release]) : undefined;
  }

  private createRelease(name: string, { release }: CanaryArgs, hooks: pulumi.ResourceHookBinding | undefined) {
    const timeout = `${release.timeout + 60}s`;
    const none = { enabled: false };
    return new k8s.helm.v3.Release(
      name,
      {
        // Fixed: the route, the Job and Prometheus know it by this name.
        name: RELEASES.canary,
        ...release,
        values: { ...release.values, scaledFromOutside: true, autoscaling: none, ingress: none, gateway: none },
      },
      { parent: this, customTimeouts: { create: timeout, update: timeout }, ...(hooks ? { hooks } : {}) },
    );
  }

  /** An account that may change one route and the number of one Deployment's pods, and look at pods. */
  private createAccount(name: string, { plan, release: { namespace } }: CanaryArgs) {
    const metadata = { name: "rollout", namespace, labels: objectLabels("rollout") };
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata, automountServiceAccountToken: false },
      { parent: this },
    );
    const role = new k8s.rbac.v1.Role(
      name,
      {
        metadata,
        rules: [
          { apiGroups: [ROUTES], resources: ["httproutes"], resourceNames: [RELEASES.stable], verbs: ["get", "patch"] },
          {
            apiGroups: ["apps"],
            resources: ["deployments"],
            resourceNames: [RELEASES.stable, RELEASES.canary],
            verbs: ["get"],
          },
          {
            apiGroups: ["apps"],
            resources: ["deployments/scale"],
            resourceNames: [RELEASES.canary],
            verbs: ["patch"],
          },
          { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
          ...(plan.strategy === "blue-green" ? keeping : []),
        ],
      },
      { parent: this },
    );
    const binding = new k8s.rbac.v1.RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "rollout" },
        subjects: [{ kind: "ServiceAccount", name: "rollout", namespace }],
      },
      { parent: this, dependsOn: [role] },
    );
    return [account, role, binding];
  }

  /** Made empty: the Job fills it, and it must be there because the right to create cannot be limited to one name. */
  private createPrevious(name: string, { release: { namespace } }: CanaryArgs) {
    return new k8s.core.v1.ConfigMap(
      `${name}-previous`,
      { metadata: { name: PREVIOUS, namespace, labels: objectLabels("rollout") } },
      { parent: this, ignoreChanges: ["data", "metadata.annotations"] },
    );
  }

  private createJob(command: Command & ("rollout" | "rollout-finish"), after: pulumi.Resource[]) {
    const { deadlineSeconds, hooks, image, plan, release, version } = this.#args;
    const timeout = waitFor(deadlineSeconds);
    // Named after all that it is made of, because none of it can be changed in a Job: the update after a killed one finds the running Job
    // again, and one with another version begins a Job of its own, which takes over.
    const digest = checksum([version, image, JSON.stringify([plan, deadlineSeconds])]);
    const labels = objectLabels("rollout");
    return new k8s.batch.v1.Job(
      `${this.#name}-${command}`,
      {
        metadata: {
          name: pulumi.interpolate`${command}-${digest}`,
          namespace: release.namespace,
          labels,
          annotations: {
            // A failed Job stays failed; the next update replaces it.
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": String(timeout),
          },
        },
        spec: {
          ...awaitedJob(deadlineSeconds),
          template: { metadata: { labels }, spec: { ...podSpec(command, this.#args), serviceAccountName: "rollout" } },
        },
      },
      {
        parent: this,
        dependsOn: after,
        customTimeouts: { create: `${timeout}s` },
        deleteBeforeReplace: true,
        ...(hooks?.job ? { hooks: hooks.job } : {}),
      },
    );
  }
}

/** Rights to remember what the stable release runs, and to let the other one run it. */
const keeping = [
  { apiGroups: ["apps"], resources: ["deployments"], resourceNames: [RELEASES.canary], verbs: ["patch"] },
  { apiGroups: [""], resources: ["configmaps"], resourceNames: [RELEASES.stable], verbs: ["get"] },
  { apiGroups: [""], resources: ["configmaps"], resourceNames: [PREVIOUS], verbs: ["get", "patch"] },
];

const podSpec = (command: Command, { host, image, plan, route, site, tlsSecret, version }: CanaryArgs) =>
  jobPod([
    toolStep(command, { image, site, resources: AGENT_RESOURCES }, [
      kubernetesToken,
      writerKey,
      settings({ tries: TRIES, rollout: plan, version, host, route }),
      certificate(tlsSecret),
      {
        env: [
          // The UID of the Job, from the label that Kubernetes gives its pods.
          reference("jobUid", { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } }),
        ],
      },
    ]),
  ]);
