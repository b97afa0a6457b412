/** The version before a blue-green rollout: remembered before anything changes, and run again once the stable release has the new one. */
import { ANNOTATIONS, PREVIOUS, RELEASES, UNNAMED } from "../contract/rollout.ts";
import { type ConfigMap, type Deployment, deploymentSchema, type Template } from "./objects.ts";
import type { SiteDriver, Surroundings } from "./site-driver.ts";
import { versionOf } from "./site-driver.ts";

/** Copies the settings and the pods' template of the stable release. */
export async function remember({ site }: Surroundings, driver: SiteDriver, stable: Deployment): Promise<string> {
  const version = versionOf(stable) ?? UNNAMED;
  const settings = await driver.patiently(() => site.configMap(RELEASES.stable));
  await driver.patiently(() =>
    site.writePrevious(settings?.data ?? {}, {
      [ANNOTATIONS.version]: version,
      [ANNOTATIONS.template]: JSON.stringify(stable.spec.template),
    }),
  );
  return version;
}

/** What is remembered of a version, as the template of the other release's pods. @returns undefined when it is not remembered */
export function templateOf(found: ConfigMap | undefined, version: string, canary: Deployment): Template | undefined {
  const { annotations = {} } = found?.metadata ?? {};
  const text = annotations[ANNOTATIONS.template];
  if (!text || annotations[ANNOTATIONS.version] !== version) return undefined;
  const remembered = deploymentSchema.shape.spec.shape.template.parse(JSON.parse(text));
  const { metadata, spec } = withPreviousSettings(remembered);
  // Its labels are those that the Service of the other release selects.
  const labels = canary.spec.template.metadata?.["labels"];
  return {
    metadata: {
      ...metadata,
      labels,
      annotations: { ...metadata?.annotations, [ANNOTATIONS.version]: version },
    },
    spec,
  };
}

/** The chart's pods take their settings from the ConfigMap with the name of their release, which has those of the new version by now. */
const withPreviousSettings = (template: Template): Template =>
  JSON.parse(JSON.stringify(template), (key, value: unknown) =>
    key === "configMapRef" && isNamed(value, RELEASES.stable) ? { ...value, name: PREVIOUS } : value,
  ) as Template;

const isNamed = (value: unknown, name: string): value is { name: string } =>
  typeof value === "object" && value !== null && "name" in value && value.name === name;
