/** Runs the files in the order of `order.ts`, because each depends on the state in which earlier files leave the cluster. */
const { default: Sequencer } = require("@jest/test-sequencer");
const { ORDER } = require("./order.ts");

const placeOf = (path) => {
  const place = ORDER.findIndex(({ file }) => path.endsWith(`/test/cluster/${file}.test.ts`));
  if (place < 0) throw new Error(`${path}: must have a place in test/cluster/order.ts; add it`);
  return place;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => placeOf(a.path) - placeOf(b.path));
  }
};
