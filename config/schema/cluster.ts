import { dnsLabel, list, map, pattern, section, text, wholeNumber } from "./types.ts";

const addressRange = (example: string) =>
  pattern(/^[0-9a-f.:]+\/\d{1,3}$/, "an address range", "Address range.", example);
const port = () => wholeNumber(1, 65_535, "Port.");

export const cluster = section("The Kubernetes cluster; without keys, the current context of the usual kubeconfig.", {
  kubeconfig: text("Path of the kubeconfig.", "./kubeconfig").optional(),
  context: text("Context in it.", "prod").optional(),
  apiServerCidrs: list(
    addressRange("10.0.0.1/32"),
    "Where the Kubernetes API is reached, for the egress rule of the pods that call it.",
    "[10.0.0.1/32]",
  ).default(["0.0.0.0/0"]),
  apiServerPorts: list(
    port(),
    "Ports of the Kubernetes API, of its Service and of the server behind it: network plugins differ in which of the two they see. " +
      "The default has those of the large clouds, k3s and OpenShift (6443), minikube (8443) and microk8s (16443).",
    "[443, 6443]",
  ).default([443, 6443, 8443, 16_443]),
  dns: section("Where every pod may resolve names.", {
    namespace: dnsLabel("Namespace of the cluster's DNS; openshift-dns on OpenShift.", "kube-system").default(
      "kube-system",
    ),
    podLabels: map(
      "Labels of its pods; `{dns.operator.openshift.io/daemonset-dns: default}` on OpenShift.",
      "{k8s-app: kube-dns}",
    ).default({ "k8s-app": "kube-dns" }),
    cidrs: list(
      addressRange("169.254.20.10/32"),
      "Resolvers that are no pods of the cluster's network: NodeLocal DNSCache (169.254.20.10) and Cloud DNS of Google (169.254.169.254).",
      "[169.254.20.10/32]",
    ).default(["169.254.20.10/32", "169.254.169.254/32"]),
    ports: list(
      port(),
      "Ports of the DNS, of its Service and of the pods behind it; those of OpenShift listen on 5353.",
      "[53]",
    ).default([53, 5353]),
  }).prefault({}),
}).prefault({});
