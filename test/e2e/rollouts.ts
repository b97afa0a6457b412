import path from "node:path";
import { registry } from "../../local/lib/addresses.ts";
import { bin, kubeconfig, project } from "../../local/lib/paths.ts";
import { run } from "../../local/lib/run.ts";
import { parseReference } from "../../local/pulumi/registry/reference.ts";
import { Registry } from "../../local/pulumi/registry/registry.ts";
import { outputs } from "../../local/stack/pulumi.ts";
import { namespace } from "./site.ts";

const helm = (...args: string[]) =>
  run(path.join(bin, "helm"), ["--kubeconfig", kubeconfig, "--namespace", namespace, ...args]);

const release = "acci-framework";

/** The digest that the dev stack deploys. */
const deployedDigest = async () => String((await outputs("dev")).imageRef).split("@")[1]!;

/** Pushes the deployed image under a digest of its own, as a build of changed sources would, and answers that. */
async function changedImage(n: number): Promise<string> {
  process.env.ACCI_REGISTRY = registry;
  const image = parseReference(String((await outputs("dev")).imageRef));
  const images = new Registry(image);
  const { content, mediaType } = await images.requireManifest(image.digest!);
  return images.putManifest(`rollout-${n}`, mediaType, { ...content, annotations: { "acci.dev/rollout": String(n) } });
}

/** What `pulumi up` does to the release when the image has changed. */
const rollOut = (digest: string) =>
  helm(
    ...["upgrade", release, path.join(project, "helm"), "--reuse-values", "--set", `image.digest=${digest}`],
    ...["--atomic", "--timeout=5m", "--history-max=10"],
  );

export const rollBack = () => helm("rollback", release, "--wait", "--timeout=5m");

/** As many rollouts of a changed image, the last of them of the one that was there before. */
export async function rollOutOften(times: number): Promise<void> {
  const original = await deployedDigest();
  for (let n = 1; n < times; n++) await rollOut(await changedImage(n));
  await rollOut(original);
}
