import { SECRET_FILES, type StoreSetting } from "../../backup/contract/files.ts";

/** Access to one bucket, the same folder of it for every site that stands in for another. */
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

/** One file a setting, as the tools read them. */
export function fileOf(
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
