/** What Pod Security `restricted` asks of a pod, plus a fixed user. */
export function podSecurity(uid: number) {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** What Pod Security `restricted` asks of a container, plus a read-only root. */
export function containerSecurity() {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  };
}

export interface Storage {
  readonly size: string;
  /** @default - the cluster's */
  readonly storageClass?: string;
}

/** Spec of a PersistentVolumeClaim for one pod. */
export const claimOf = ({ size, storageClass }: Storage) => ({
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: size } },
  ...(storageClass ? { storageClassName: storageClass } : {}),
});
