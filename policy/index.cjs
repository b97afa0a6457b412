// CommonJS, because Pulumi loads a pack through its own compiler, which does not support ES modules; Node needs no compiler.
module.exports = import("./pack.ts");
