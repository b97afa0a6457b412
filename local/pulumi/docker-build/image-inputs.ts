import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { notImplemented, rejectUnknownKeys, type Failure } from "../serve/errors.ts";
import { parseReference } from "../registry/reference.ts";
import type { Credentials } from "../registry/registry.ts";
import { at, list, object, plain, text, unknown, type Props } from "../serve/values.ts";
import type { BuildContext } from "./context.ts";

const known = [
  ...["addHosts", "buildArgs", "buildOnPreview", "cacheFrom", "cacheTo", "context", "dockerfile", "labels", "network"],
  ...["noCache", "platforms", "pull", "push", "registries", "secrets", "tags", "target"],
];
const networks = ["default", "host", "none"];

export interface ImageInputs {
  readonly context: { readonly location: string; readonly named?: Record<string, { location: string }> };
  readonly dockerfile?: { readonly location?: string; readonly inline?: string };
  readonly addHosts?: string[];
  readonly buildArgs?: Record<string, string>;
  readonly buildOnPreview?: boolean;
  readonly labels?: Record<string, string>;
  readonly network?: string;
  readonly noCache?: boolean;
  readonly platforms?: string[];
  readonly pull?: boolean;
  readonly push?: boolean;
  readonly registries?: Credentials[];
  readonly secrets?: Record<string, string>;
  readonly tags?: string[];
  readonly target?: string;
}

export const imageOf = (inputs: Props): ImageInputs => plain<ImageInputs>(inputs);
export const contextOf = ({ context, dockerfile }: ImageInputs): BuildContext => ({
  folder: context.location,
  dockerfile: dockerfile?.location ?? join(context.location, "Dockerfile"),
  named: Object.fromEntries(Object.entries(context.named ?? {}).map(([name, { location }]) => [name, location])),
});
export const dockerfileOf = (inputs: ImageInputs): string => readFileSync(contextOf(inputs).dockerfile, "utf8");

/** Fills in Docker's defaults, so that the recorded inputs contain them. */
export function normalizeImage(news: Props): Props {
  const context = news.context ?? { location: "." };
  const location = at(plain(context), "location");
  const dockerfile = object(plain(news.dockerfile));
  if (news.dockerfile === unknown || text(dockerfile.location) || text(dockerfile.inline) || location === unknown)
    return { ...news, context };
  return { ...news, context, dockerfile: { ...dockerfile, location: join(text(location), "Dockerfile") } };
}

export function checkImage(inputs: Props): Failure[] {
  const given = plain(inputs);
  const failures = rejectUnknownKeys("docker-build", given, known);
  const inline = at(given, "dockerfile", "inline");
  if (inline)
    failures.push({
      property: "dockerfile.inline",
      reason: notImplemented("docker-build", "dockerfile.inline").message,
    });
  if (given.network !== unknown && !networks.includes(text(given.network) || "default"))
    failures.push({ property: "network", reason: `must be one of ${networks.join(", ")}, got ${text(given.network)}` });
  if (given.push === true && given.tags !== unknown && list(given.tags).length === 0)
    failures.push({ property: "tags", reason: "required to push" });
  list(given.tags).forEach((tag, index) => {
    if (tag !== unknown) failures.push(...problem(`tags[${index}]`, () => parseReference(text(tag))));
  });
  return [
    ...failures,
    ...checkFiles(text(at(given, "context", "location")), text(at(given, "dockerfile", "location"))),
  ];
}

function checkFiles(folder: string, dockerfile: string): Failure[] {
  if (folder === unknown || dockerfile === unknown) return [];
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    return [{ property: "context.location", reason: `must be a folder on this machine, got ${folder}` }];
  return existsSync(dockerfile) ? [] : [{ property: "dockerfile.location", reason: `no such file, got ${dockerfile}` }];
}

function problem(property: string, check: () => void): Failure[] {
  try {
    check();
    return [];
  } catch (error) {
    return [{ property, reason: (error as Error).message }];
  }
}
