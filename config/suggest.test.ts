import { suggest } from "./suggest.ts";

const KEYS = ["instances", "image", "storage", "storageClass", "resources"];

test.each([
  ["instnces", "instances"],
  ["Instances", "instances"],
  ["imge", "image"],
  ["storageclass", "storageClass"],
  ["ressources", "resources"],
  ["colour", undefined],
  ["x", undefined],
])("%s means %s", (word, meant) => expect(suggest(word, KEYS)).toBe(meant));

test("has nothing to suggest from nothing", () => expect(suggest("image", [])).toBeUndefined());
