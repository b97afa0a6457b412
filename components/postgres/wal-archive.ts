import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SECRET_FILES, SECRETS, type StoreSetting } from "../../backup/contract/files.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { WAL_ARCHIVE_RESOURCES } from "../../config/sizing.ts";
import { storeSecretData, type StoreArgs, type StoreKey } from "../recovery/store-settings.ts";
import { renamed } from "../../engine/renamed.ts";

export interface WalArchiveArgs {
  readonly namespace: pulumi.Input<string>;
  /** Days whose every moment can be recovered. */
  readonly keepDays: number;
  readonly store: StoreArgs;
  /** Key of the store, secret. @default - the Secret of the archive is made outside the program */
  readonly key?: pulumi.Input<StoreKey>;
}

const SECRET = SECRETS.walArchive;

/** Where the database's log and its base backups are: a folder of the dumps' store, with a key of its own. */
export class WalArchive extends pulumi.ComponentResource {
  /** Name of the ObjectStore, by which a database refers to it. */
  readonly objectStore: pulumi.Output<string>;

  constructor(name: string, args: WalArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:WalArchive", name, args, renamed(opts, { type: "acci:index:Archive" }));
    const secret = args.key && this.createSecret(name, args, args.key);
    const objectStore = new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: { name: "postgres", namespace: args.namespace, labels: objectLabels("postgres") },
        spec: spec(args),
      },
      { parent: this, ...(secret ? { dependsOn: [secret] } : {}) },
    );
    this.objectStore = objectStore.metadata.name;
    this.registerOutputs({ objectStore: this.objectStore });
  }

  private createSecret(name: string, { namespace, store }: WalArchiveArgs, key: pulumi.Input<StoreKey>) {
    return new k8s.core.v1.Secret(
      name,
      {
        // Fixed name, because the Secret may also be made outside the program.
        metadata: { name: SECRET, namespace, labels: objectLabels("postgres") },
        stringData: pulumi.output(key).apply((given) => storeSecretData(store, given)),
      },
      { parent: this },
    );
  }
}

function spec({ keepDays, store }: WalArchiveArgs) {
  const from = (key: StoreSetting) => ({ name: SECRET, key });
  const { bucket, caBundle, endpoint, prefix } = store;
  return {
    retentionPolicy: `${keepDays}d`,
    configuration: {
      destinationPath: `s3://${bucket}/${prefix}/wal`,
      ...(endpoint ? { endpointURL: endpoint } : {}),
      ...(caBundle ? { endpointCA: from(SECRET_FILES.ca) } : {}),
      s3Credentials: {
        accessKeyId: from("accessKeyId"),
        secretAccessKey: from("secretAccessKey"),
        region: from("region"),
      },
      // A recovery asks for one segment after the other, so the plugin fetches the next ones ahead.
      wal: { compression: "zstd", maxParallel: 8 },
      data: { compression: "lz4", jobs: 2, immediateCheckpoint: true },
    },
    instanceSidecarConfiguration: { resources: WAL_ARCHIVE_RESOURCES },
  };
}
