import type { Request } from "./request.ts";
import { run, succeeds } from "./run.ts";
import { withSbom } from "./sbom.ts";

/** Signs the image, attaches its SBOM and gives it its version. Does only what is not done yet, so it can be run again. */
export async function release(request: Request, say: (text: string) => void): Promise<void> {
  const { digest, ecosystem = "cargo", key, repository, version } = request;
  const image = `${repository}@${digest}`;
  const released = await isReleased(request);

  process.env.ACCI_PUBLIC_KEY = await run("cosign", "public-key", "--key", key);
  const check = (...command: string[]) =>
    succeeds("cosign", ...command, "--key", "env://ACCI_PUBLIC_KEY", "--private-infrastructure", image);
  const sign = ["--key", key, "--tlog-upload=false", "--yes"];
  if (await check("verify")) say("is signed with this key already");
  else {
    // The name it has for everybody, not the address it is signed at.
    await run("cosign", "sign", ...sign, `--sign-container-identity=${repository}`, image);
    say("signed");
  }
  const kind = ["--type", "cyclonedx"];
  if (await check("verify-attestation", ...kind)) say("has an SBOM already");
  else {
    await withSbom(
      ecosystem,
      async (file) => void (await run("cosign", "attest", ...sign, ...kind, "--predicate", file, image)),
    );
    say("SBOM attached");
  }
  if (released) return say(`is ${version} already`);
  // The version last: where it is, everything else is too.
  await run("crane", "tag", image, "latest");
  await run("crane", "tag", image, version);
  say(`is ${version} and latest`);
}

/** Whether the version already names this very image. A version that names another image is never moved. */
async function isReleased({ digest, repository, version }: Request): Promise<boolean> {
  const tags = (await run("crane", "ls", repository)).split("\n");
  if (!tags.includes(version)) return false;
  const present = await run("crane", "digest", `${repository}:${version}`);
  if (present === digest) return true;
  throw new Error(
    `VERSION: must not be released before, got ${version}, which is ${present} in ${repository} and would become ${digest}; ` +
      "choose the next version",
  );
}
