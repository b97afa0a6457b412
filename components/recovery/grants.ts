import type * as pulumi from "@pulumi/pulumi";
import { FOLDERS, SECRET_FILES, SECRETS } from "../../backup/contract/files.ts";
import type { DatabaseArgs } from "./backup-tool.ts";
import type { Grant, Mount, Volume } from "./container.ts";
import { reference, variables } from "./settings.ts";

/** Mounts a Secret as files that only the pod's group can read. @default keys - all of it */
const secretFiles = (
  name: Mount["name"],
  mountPath: string,
  secretName: pulumi.Input<string>,
  keys?: readonly string[],
) => ({
  mounts: [{ name, mountPath, readOnly: true }] satisfies Mount[],
  volumes: [
    {
      name,
      secret: {
        secretName,
        defaultMode: 0o440,
        ...(keys ? { items: keys.map((key) => ({ key, path: key })) } : {}),
      },
    },
  ] satisfies Volume[],
});

/** Key that reads and writes the store, but does not delete. */
export const writerKey: Grant = secretFiles("writer", FOLDERS.store, SECRETS.store.writer);

/** Key that also deletes in the store. */
export const prunerKey: Grant = secretFiles("pruner", FOLDERS.store, SECRETS.store.pruner);

/** Key that reads and writes the second store, mounted beside that of the first. */
export const secondWriterKey: Grant = {
  env: variables({ secondStoreFolder: FOLDERS.secondStore }),
  ...secretFiles("second-writer", FOLDERS.secondStore, SECRETS.secondStore.writer),
};

/** Key that also deletes in the second store, mounted in the place of the first store's key. */
export const secondPrunerKey: Grant = secretFiles("second-pruner", FOLDERS.store, SECRETS.secondStore.pruner);

/** Key that opens encrypted dumps. Grants nothing if there is no such key. */
export const decryptionKey = (present: boolean): Grant =>
  present
    ? {
        env: variables({ decryptionKeyFile: `${FOLDERS.decryptionKey}/${SECRET_FILES.decryptionKey}` }),
        ...secretFiles("identity", FOLDERS.decryptionKey, SECRETS.decryptionKey),
      }
    : {};

export const WORK: Mount = { name: "work", mountPath: FOLDERS.work };

/** Folder for files that one step of a pod leaves for the next. */
export const work: Grant = {
  env: variables({ workFolder: FOLDERS.work }),
  mounts: [WORK],
  volumes: [{ name: "work", emptyDir: { sizeLimit: "16Mi" } }],
};

/** The site's database, as the role of the arguments: variables of libpq, with the password in a file. */
export function database({ caSecret, host, name, secret }: DatabaseArgs): Grant {
  const password = secretFiles("database", FOLDERS.database, secret, [SECRET_FILES.password]);
  const ca = secretFiles("postgres-ca", FOLDERS.databaseCa, caSecret, [SECRET_FILES.ca]);
  return {
    env: [
      ...variables({ databaseHost: host, databaseName: name }),
      reference("databaseUser", { secretKeyRef: { name: secret, key: SECRET_FILES.user } }),
      ...variables({
        databasePasswordFile: `${FOLDERS.database}/${SECRET_FILES.password}`,
        databaseCaFile: `${FOLDERS.databaseCa}/${SECRET_FILES.ca}`,
      }),
    ],
    mounts: [...password.mounts, ...ca.mounts],
    volumes: [...password.volumes, ...ca.volumes],
  };
}

/** The site's cache, and a user that may empty it. */
export interface CacheArgs {
  readonly host: pulumi.Input<string>;
  readonly user: string;
  /** Secret with the user's password. */
  readonly secret: pulumi.Input<string>;
  /** @default - no TLS */
  readonly caSecret?: pulumi.Input<string>;
}

export function cache({ caSecret, host, secret, user }: CacheArgs): Grant {
  const password = secretFiles("cache", FOLDERS.cache, secret, [SECRET_FILES.password]);
  const ca = caSecret && secretFiles("cache-ca", FOLDERS.cacheCa, caSecret, [SECRET_FILES.ca]);
  return {
    env: variables({
      cacheHost: host,
      cacheUser: user,
      cachePasswordFile: `${FOLDERS.cache}/${SECRET_FILES.password}`,
      cacheCaFile: ca && `${FOLDERS.cacheCa}/${SECRET_FILES.ca}`,
    }),
    mounts: [...password.mounts, ...(ca ? ca.mounts : [])],
    volumes: [...password.volumes, ...(ca ? ca.volumes : [])],
  };
}

/** A token of the pod's service account, which the kubelet renews, and the CA of the Kubernetes API. */
export const kubernetesToken: Grant = {
  mounts: [{ name: "kubernetes", mountPath: FOLDERS.kubernetes, readOnly: true }],
  volumes: [
    {
      name: "kubernetes",
      projected: {
        defaultMode: 0o440,
        sources: [
          { serviceAccountToken: { path: SECRET_FILES.token, expirationSeconds: 3600 } },
          // In every namespace; Kubernetes itself keeps it.
          { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: SECRET_FILES.ca }] } },
        ],
      },
    },
  ],
};

/** The certificate of the site, without its key. */
export const certificate = (tlsSecret: pulumi.Input<string>): Grant => ({
  env: variables({ certificateFile: `${FOLDERS.certificate}/${SECRET_FILES.certificate}` }),
  ...secretFiles("certificate", FOLDERS.certificate, tlsSecret, [SECRET_FILES.certificate]),
});
