import { existsSync } from "node:fs";
import type { Ecosystem } from "./sbom.ts";

/** What is released, as which version, signed with which key. */
export interface Request {
  readonly version: string;
  readonly repository: string;
  readonly digest: string;
  /** What made the program in it. @default cargo */
  readonly ecosystem?: Ecosystem;
  /** Path of the private key. */
  readonly key: string;
}

/** Checks everything that can be checked without the registry, and reports it all at once. */
export function parseRequest(args: readonly string[], env: NodeJS.ProcessEnv): Request {
  const [version = "", image = ""] = args;
  const key = env.COSIGN_KEY ?? "";
  const [, repository = "", digest = ""] = /^([^@]+?)(?::[\w][\w.-]*)?@(sha256:[0-9a-f]{64})$/.exec(image) ?? [];
  const problems: string[] = [];
  if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    problems.push(`VERSION: must be three numbers, got "${version}"; set it to, for example, 1.2.3`);
  if (!digest)
    problems.push(
      `image: must be a reference by digest, got "${image}"; take it from \`pulumi stack output imageRef\``,
    );
  if (!existsSync(key))
    problems.push(
      `COSIGN_KEY: must be the path of the private key, got "${key}"; make one with \`cosign generate-key-pair\``,
    );
  // cosign would ask for it, and there may be nobody to answer.
  if (env.COSIGN_PASSWORD === undefined)
    problems.push("COSIGN_PASSWORD: is required, got nothing; export the password of the key, empty if it has none");
  if (problems.length > 0) throw new Error(`release: cannot start\n  - ${problems.join("\n  - ")}`);
  return { version, repository, digest, key };
}
