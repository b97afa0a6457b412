import { SECRET_FILES, type StoreSetting } from "../../backup/contract/files.ts";

/** Access to one bucket. Sites that stand in for each other share one folder of it. */
export interface StoreArgs {
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly caBundle?: string;
}

export interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Data of a store's Secret: one key per setting. */
export function storeSecretData(
  { bucket, caBundle, endpoint, prefix, region }: StoreArgs,
  key: StoreKey,
): Readonly<Partial<Record<StoreSetting, string>>> {
  return {
    bucket,
    prefix,
    region,
    ...(endpoint ? { endpoint } : {}),
    ...(caBundle ? { [SECRET_FILES.ca]: caBundle } : {}),
    ...key,
  };
}
