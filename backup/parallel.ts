/** Runs the work for each item, `parallelism` at a time, each in a numbered lane. After the first failure no lane starts another item. */
export async function parallel<T, R>(
  items: readonly T[],
  parallelism: number,
  work: (item: T, lane: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  async function lane(number: number): Promise<void> {
    while (!failed && next < items.length) {
      const i = next++;
      try {
        results[i] = await work(items[i]!, number);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  const lanes = await Promise.allSettled(
    Array.from({ length: Math.min(parallelism, items.length) }, (_, i) => lane(i)),
  );
  const broken = lanes.find(({ status }) => status === "rejected");
  if (broken) throw (broken as PromiseRejectedResult).reason;
  return results;
}
