import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseNotes } from "../helm-history/notes.ts";
import { TLS_PROFILES, type TlsProfileName } from "../kubernetes/tls-profiles.ts";
import { merge } from "../tooling/maps.ts";
import { renamed } from "../engine/renamed.ts";

export interface PluginArgs {
  readonly mode: "install" | "preinstalled";
  /** Name in the repository, path, or oci:// address. @default - the add-on's own chart */
  readonly chart?: string;
  /** @default - the add-on's own repository, or none when `chart` is given */
  readonly repository?: string;
  readonly version?: string;
  readonly values?: Record<string, unknown>;
}

export interface AddonArgs extends PluginArgs {
  readonly namespace: string;
}

export interface TraefikArgs extends AddonArgs {
  /** @default intermediate */
  readonly tlsProfile?: TlsProfileName;
}

export interface AddonsArgs {
  readonly certManager: AddonArgs;
  readonly cloudnativePg: AddonArgs;
  readonly traefik: TraefikArgs;
  /** Beside CloudNativePG, which looks for plugins in its own namespace only. @default - not relied on */
  readonly barmanPlugin?: PluginArgs;
  /** IngressClass Traefik serves when installed here. */
  readonly ingressClassName: string;
  /** The Gateway API, when Traefik serves it. @default - Ingresses alone */
  readonly gateway?: GatewayProvider;
  /** Labels by which a Prometheus selects the monitor of cert-manager. @default - it has none */
  readonly monitorLabels?: Readonly<Record<string, string>> | undefined;
  /** Where Traefik sends the spans of what it forwards, by OTLP. @default - it makes none */
  readonly traces?: TraceTarget | undefined;
  /** Texts at the end of the releases' descriptions, by release; a new text makes a new revision. @default - Helm's own */
  readonly notes?: ReleaseNotes | undefined;
}

export interface GatewayProvider {
  readonly className: string;
  /** Ports of Traefik's entry points: a Gateway's listeners find them by number. */
  readonly ports: { readonly http: number; readonly https: number };
}

export interface TraceTarget {
  readonly endpoint: string;
  readonly protocol: "http/protobuf" | "grpc";
  /** Share of the requests that are traced, from 0 to 1. */
  readonly sampleRatio: number;
}

interface Chart {
  readonly chart: string;
  readonly repository: string;
  readonly values: Record<string, unknown>;
}

/**
 * The chart's job that waits for the webhook is left out: it is one more image to mirror, and the issuer is retried until the webhook
 * answers.
 */
const STARTUP_CHECK = { enabled: false };

const CERT_MANAGER: Chart = {
  chart: "cert-manager",
  repository: "https://charts.jetstack.io",
  values: { crds: { enabled: true, keep: true }, startupapicheck: STARTUP_CHECK },
};
const CLOUDNATIVE_PG: Chart = {
  chart: "cloudnative-pg",
  repository: "https://cloudnative-pg.github.io/charts",
  values: {},
};
const BARMAN_PLUGIN: Chart = {
  chart: "plugin-barman-cloud",
  repository: "https://cloudnative-pg.github.io/charts",
  values: {},
};

/** Values with which Traefik serves Ingresses of the class that ingress-nginx used to serve, annotations included. */
const traefik = ({ gateway, ingressClassName, traces, traefik: { tlsProfile } }: AddonsArgs): Chart => ({
  chart: "traefik",
  repository: "https://traefik.github.io/charts",
  values: {
    providers: {
      kubernetesIngress: { enabled: false },
      kubernetesIngressNginx: {
        enabled: true,
        ingressClass: ingressClassName,
        controllerClass: "k8s.io/ingress-nginx",
      },
      ...(gateway ? { kubernetesGateway: { enabled: true } } : {}),
    },
    ingressClass: { enabled: false },
    // Routers without options of their own, which all of an Ingress or an HTTPRoute are, take those named default.
    tlsOptions: { default: TLS_PROFILES[tlsProfile ?? "intermediate"] },
    ...(gateway ? gatewayValues(gateway) : {}),
    ...(traces ? { tracing: tracingValues(traces) } : {}),
  },
});

/** Traefik wants the whole address of the traces over HTTP, and over gRPC an address without a scheme. */
const tracingValues = ({ endpoint, protocol, sampleRatio }: TraceTarget) => ({
  serviceName: "traefik",
  sampleRate: sampleRatio,
  otlp: {
    enabled: true,
    ...(protocol === "grpc"
      ? {
          grpc: {
            enabled: true,
            endpoint: endpoint.replace(/^https?:\/\//, ""),
            insecure: endpoint.startsWith("http://"),
          },
        }
      : { http: { enabled: true, endpoint: `${endpoint.replace(/\/$/, "")}/v1/traces` } }),
  },
});

/** The chart's own Gateway is left out: the stack makes one, with its own certificate. */
const gatewayValues = ({ className, ports }: GatewayProvider) => ({
  gateway: { enabled: false },
  gatewayClass: { enabled: true, name: className },
  ports: { web: { port: ports.http }, websecure: { port: ports.https } },
});

/** Cluster add-ons. What is `preinstalled` is relied on and left alone. */
export class Addons extends pulumi.ComponentResource {
  /** Resources that a resource of an add-on's kinds has to wait for. */
  readonly certManager: pulumi.Resource[];
  readonly cloudnativePg: pulumi.Resource[];
  readonly traefik: pulumi.Resource[];
  readonly barmanPlugin: pulumi.Resource[];

  constructor(name: string, args: AddonsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { notes: _, ...inputs } = args;
    super("acci:index:Addons", name, inputs, renamed(opts, { type: "acci:index:Platform", name: "platform" }));
    this.certManager = this.createAddon(
      `${name}-cert-manager`,
      args.certManager,
      certManagerFor(args.certManager, args.monitorLabels),
      args,
    );
    this.cloudnativePg = this.createAddon(`${name}-cloudnative-pg`, args.cloudnativePg, CLOUDNATIVE_PG, args);
    this.barmanPlugin = args.barmanPlugin ? this.createPlugin(`${name}-barman-plugin`, args.barmanPlugin, args) : [];
    this.traefik = this.createAddon(`${name}-traefik`, args.traefik, traefik(args), args);
    if (args.traefik.mode === "install") this.traefik.push(this.createIngressClass(name, args.ingressClassName));
    this.registerOutputs({});
  }

  private createAddon(name: string, addon: AddonArgs, chart: Chart, { notes }: AddonsArgs): pulumi.Resource[] {
    if (addon.mode === "preinstalled") return [];
    const namespace = this.createNamespace(name, addon.namespace).metadata.name;
    return [this.createRelease(name, addon, chart, { namespace, notes })];
  }

  /** The Barman Cloud plugin. cert-manager issues its certificates. */
  private createPlugin(name: string, plugin: PluginArgs, { cloudnativePg, notes }: AddonsArgs): pulumi.Resource[] {
    if (plugin.mode === "preinstalled") return [];
    const { namespace } = cloudnativePg;
    const dependsOn = [...this.certManager, ...this.cloudnativePg];
    return [this.createRelease(name, plugin, BARMAN_PLUGIN, { namespace, notes }, dependsOn)];
  }

  private createRelease(
    name: string,
    addon: PluginArgs,
    chart: Chart,
    { namespace, notes }: { namespace: pulumi.Input<string>; notes: AddonsArgs["notes"] },
    dependsOn: pulumi.Resource[] = [],
  ): k8s.helm.v3.Release {
    const repository = addon.repository ?? (addon.chart ? undefined : chart.repository);
    return new k8s.helm.v3.Release(
      name,
      {
        // Fixed: network policies and runbooks refer to these release names.
        name: chart.chart,
        namespace,
        chart: addon.chart ?? chart.chart,
        ...(repository ? { repositoryOpts: { repo: repository } } : {}),
        ...(addon.version ? { version: addon.version } : {}),
        values: merge(chart.values, addon.values ?? {}),
        ...(notes?.[chart.chart] ? { description: notes[chart.chart]! } : {}),
        atomic: true,
        maxHistory: 10,
        timeout: 300,
      },
      { parent: this, dependsOn },
    );
  }

  /** A namespace of the program's own: one that Helm makes is never deleted again. */
  private createNamespace(name: string, namespace: string): k8s.core.v1.Namespace {
    return new k8s.core.v1.Namespace(`${name}-namespace`, { metadata: { name: namespace } }, { parent: this });
  }

  /** An IngressClass of the program's own: the chart's names Traefik as its controller, and then the nginx provider ignores it. */
  private createIngressClass(name: string, className: string): k8s.networking.v1.IngressClass {
    return new k8s.networking.v1.IngressClass(
      `${name}-ingress-class`,
      { metadata: { name: className }, spec: { controller: "k8s.io/ingress-nginx" } },
      { parent: this },
    );
  }
}

/** The monitor keeps the namespace of each certificate, which Prometheus would else replace with cert-manager's own. */
const monitored = (labels: AddonsArgs["monitorLabels"]) =>
  labels ? { prometheus: { servicemonitor: { enabled: true, honorLabels: true, labels } } } : {};

/** Charts before 1.15 know only the old name of the key that installs the definitions, and newer ones refuse both names together. */
function certManagerFor(addon: AddonArgs, monitorLabels: AddonsArgs["monitorLabels"]): Chart {
  const [major = 0, minor = 0] = (addon.version ?? "").replace(/^v/, "").split(".").map(Number);
  const values =
    addon.version && major === 1 && minor < 15
      ? { installCRDs: true, startupapicheck: STARTUP_CHECK }
      : CERT_MANAGER.values;
  return { ...CERT_MANAGER, values: { ...values, ...monitored(monitorLabels) } };
}
