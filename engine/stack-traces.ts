/**
 * Pulumi's runner has every stack trace translated by source maps, and the SDK takes one for each promise: a third of a run's processor
 * time, for nothing here, where Node takes the types out and every line stays where it is.
 */
export function takePlainStackTraces(): void {
  Reflect.deleteProperty(Error, "prepareStackTrace");
}
