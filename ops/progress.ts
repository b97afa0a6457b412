const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

/** Transform for an execa stream: passes data on and, on a terminal, shows how much has passed so far. */
export function counted(what: string, each: (chunk: Uint8Array) => void = () => {}) {
  const start = Date.now();
  let [bytes, shown] = [0, start];
  const report = (end: string) => {
    shown = Date.now();
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r${what} ${mebibytes(bytes)} MiB in ${((shown - start) / 1000).toFixed(0)} s${end}`);
  };
  return {
    binary: true,
    *transform(chunk: unknown) {
      const data = chunk as Uint8Array;
      bytes += data.length;
      each(data);
      if (Date.now() - shown > 1000) report("");
      yield data;
    },
    // eslint-disable-next-line require-yield -- execa wants a generator, and there is nothing left to pass on
    *final() {
      report("\n");
    },
  } as const;
}
