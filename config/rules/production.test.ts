import { type Breach, breaks, problemsOf, withKey } from "../testing/problems.ts";

test.each<Breach>([
  [
    "prod",
    "image.version",
    "latest",
    'acci:image.version: must name one version in prod, got "latest"; set it to the tested tag, for example 1.0.0',
  ],
  [
    "dr",
    "image.unsigned",
    undefined,
    "acci:image.publicKey: is required in dr, got nothing; set it to the public key that releases are signed with, " +
      "or say that they are not with acci:image.unsigned: true",
  ],
  ["dr", "protect", false, "acci:protect: must be true in dr, got false; run `pulumi config set acci:protect true`"],
  [
    "prod",
    "application.replicas",
    1,
    "acci:application.replicas: must be at least 2 in prod, got 1; one pod cannot be updated without a gap",
  ],
  [
    "prod",
    "postgres.instances",
    1,
    "acci:postgres.instances: must be at least 2 in prod, got 1; one instance has no failover",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));

test("a stack with production data does not build its image", () => {
  const values = withKey("prod", "image", {
    repository: "r",
    build: { context: ".", platforms: ["linux/amd64"], tags: ["1"] },
  });
  expect(problemsOf("prod", values)).toEqual([
    "acci:image.build: must be unset in prod; promote a tested image with acci:image.version",
  ]);
});
