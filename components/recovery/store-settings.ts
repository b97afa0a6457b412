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
): Record<string, string> {
  return {
    bucket,
    prefix,
    region,
    ...(endpoint ? { endpoint } : {}),
    ...(caBundle ? { "ca.crt": caBundle } : {}),
    ...key,
  };
}
