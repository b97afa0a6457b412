import { NAMESPACE } from "./mark.ts";

interface PodArgs {
  readonly name: string;
  readonly port: { readonly name: string; readonly port: number };
  /** What the container adds to its name and its image. */
  readonly container: object;
  readonly volumes: readonly object[];
  /** Group that may write to its volumes. @default - that of the image */
  readonly fsGroup?: number;
}

/** A Service, and the pod behind it, which runs a program of this machine in an image that has a shell and a libc. */
export function servedPod({ container, fsGroup, name, port, volumes }: PodArgs) {
  const labels = { "app.kubernetes.io/name": name };
  const metadata = { name, namespace: NAMESPACE };
  return [
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [port] } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, labels },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 2,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          ...(fsGroup === undefined ? {} : { fsGroup }),
        },
        // An image of its own would be built for this pod alone.
        containers: [{ name, image: "ghcr.io/cloudnative-pg/postgresql:15", ...container }],
        volumes,
      },
    },
  ];
}
