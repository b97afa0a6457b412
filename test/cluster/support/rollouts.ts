import path from "node:path";
import { kubeconfig } from "../../../local/lib/paths.ts";
import { helm as runHelm } from "../../../tooling/helm.ts";
import { project } from "../../../tooling/paths.ts";
import { deployedImage } from "./deployed-image.ts";
import { namespace } from "./site.ts";

const helm = (...args: string[]) => runHelm(["--kubeconfig", kubeconfig, "--namespace", namespace, ...args]);

const release = "acci-framework";

/** Upgrades the release as `pulumi up` does when the image has changed. */
const rollOut = (digest: string) =>
  helm(
    ...["upgrade", release, path.join(project, "helm"), "--reuse-values", "--set", `image.digest=${digest}`],
    ...["--atomic", "--timeout=5m", "--history-max=10"],
  );

export const rollBack = () => helm("rollback", release, "--wait", "--timeout=5m");

/**
 * Rolls out that many times. Each rollout has an image with a new digest, as changed sources would have; the last returns to the first
 * image.
 */
export async function rollOutOften(times: number): Promise<void> {
  const { content, digest, images, mediaType } = await deployedImage();
  for (let n = 1; n < times; n++) {
    const changed = { ...content, annotations: { "acci.dev/rollout": String(n) } };
    await rollOut(await images.putManifest(`rollout-${n}`, mediaType, changed));
  }
  await rollOut(digest);
}
