import { type Breach, breaks } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dev",
    "image.version",
    "1.0.0",
    "acci:image.build: excludes acci:image.version; keep build to build here, or version to promote 1.0.0",
  ],
  [
    "prod",
    "image.version",
    undefined,
    "acci:image: needs version or build; set acci:image.version to the tag to promote, for example 1.0.0",
  ],
  [
    "prod",
    "image.publicKey",
    "-----BEGIN PUBLIC KEY-----",
    "acci:image.unsigned: excludes acci:image.publicKey; remove unsigned to have signatures checked, or publicKey not to",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));
