import { types } from "node:util";

/**
 * Jest gives each test globals of its own, so that Node's errors are no instances of its Error. The S3 client tells by
 * that what it may try again.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown) {
    if (this === Error) return types.isNativeError(thrown);
    return Function.prototype[Symbol.hasInstance].call(this as () => void, thrown);
  },
});
