/**
 * Turns off source maps for stack traces. Pulumi's runner translates every trace, and the SDK takes one for each promise: a third of a
 * run's processor time, without use here, because Node strips types in place and lines stay where they are.
 */
export function takePlainStackTraces(): void {
  Reflect.deleteProperty(Error, "prepareStackTrace");
}
