import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const seconds = 60;

/** No public transparency log is asked: it would learn what a private registry holds. */
const VERIFY = ["--key", "env://ACCI_PUBLIC_KEY", "--private-infrastructure"];

/** Fails with one sentence unless `image`, a reference by digest, is signed with the key and has an SBOM signed with it. */
export async function verifySignature(image: string, publicKey: string): Promise<void> {
  const cosign = async (what: string, ...command: string[]) => {
    // Passed through the environment, so that it is neither in a file nor in an argument.
    const env = { ...process.env, ACCI_PUBLIC_KEY: publicKey };
    await execute("cosign", [...command, ...VERIFY, image], { env, timeout: seconds * 1000 }).catch(
      (error: unknown) => {
        throw new Error(refusal(image, what, error as CommandFailure));
      },
    );
  };
  await cosign("a signature", "verify");
  await cosign("an SBOM", "verify-attestation", "--type", "cyclonedx");
}

export interface CommandFailure {
  readonly code?: string | number | null;
  readonly stderr?: string;
  readonly killed?: boolean;
}

/** What to say of an image that cosign does not accept. */
export function refusal(image: string, what: string, { code, killed, stderr = "" }: CommandFailure): string {
  if (code === "ENOENT")
    return "acci:image.publicKey: needs cosign to check signatures; install it and put it on the PATH";
  const stated = /^Error: (.*)$/m.exec(stderr)?.[1];
  const reason = stated ?? (killed ? `no answer within ${seconds} s` : "cosign gave no reason");
  if (reason.startsWith("loading public key"))
    return `acci:image.publicKey: must be a PEM public key that cosign can read (${reason}); copy the file cosign.pub into it`;
  return (
    `acci:image.publicKey: must have made ${what} of ${image}; it verifies none (${reason}); ` +
    "release the image with `make release`, or set the key it was released with"
  );
}
