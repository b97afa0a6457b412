import { types } from "node:util";

/**
 * Makes Node's errors instances of Error. Jest gives each test its own globals, so without this they are not, and the S3 client decides by
 * `instanceof` what it retries.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown) {
    if (this === Error) return types.isNativeError(thrown);
    return Function.prototype[Symbol.hasInstance].call(this as () => void, thrown);
  },
});
