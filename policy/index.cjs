// Pulumi puts a compiler of its own before a pack, which knows no ES modules; Node needs none.
module.exports = import("./pack.ts");
