import { kubectl } from "../../../local/cluster/cluster.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { Needles } from "./needles.ts";
import { namespace } from "./site.ts";

/** Key that marks a secret value in an exported state. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Shorter values would be found by chance; every password and key is longer. */
const SHORTEST = 16;

/**
 * Keys of a Secret whose values are public: certificates, and the parts of a connection or of a store's settings besides the password or
 * key.
 */
const PUBLIC = /\.crt$|^(username|user|host|port|dbname|fqdn|accessKeyId|bucket|endpoint|prefix|region)$/;

/** Forms of generated values, by name. */
export type Secrets = ReadonlyMap<string, readonly string[]>;

/** The forms in which a value may appear: plain or inside a longer text, encoded as Kubernetes, URLs and JSON do. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  // Inside a longer text, the base64 of a value depends on the number of bytes before it modulo 3. Its edges are left out, because they
  // encode neighboring bytes too.
  const encoded = [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return all.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [...new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...encoded])];
}

/** The value to search for. Of a private key it is one line that is part of neither its header nor its public half. */
function secretPart(value: string): string {
  if (!value.includes("PRIVATE KEY-----")) return value.trim();
  const lines = value.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return lines.length > 5 ? lines[Math.floor(lines.length / 2) + 2]! : lines[0]!;
}

/** Strings in a secret value. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) if (!PUBLIC.test(key)) yield* textsIn(inner);
}

function* secretsIn(name: string, value: unknown): Generator<[string, string]> {
  if (typeof value !== "object" || value === null) return;
  if (SECRET_MARK in value) {
    const plain = (value as { plaintext?: string }).plaintext;
    if (plain !== undefined) for (const text of textsIn(JSON.parse(plain))) yield [name, text];
    return;
  }
  for (const [key, inner] of Object.entries(value))
    // A release's `__inputs` are secret as a whole, names included, so they are skipped; the secret values in them are marked in other
    // properties too.
    if (key !== "__inputs" || !(SECRET_MARK in Object(inner))) yield* secretsIn(`${name}.${key}`, inner);
}

async function inState(): Promise<[string, string][]> {
  const { deployment } = JSON.parse(await pulumi("dev", ["stack", "export", "--show-secrets"])) as {
    deployment: { resources: { urn: string }[] };
  };
  return deployment.resources.flatMap((resource) => [...secretsIn(resource.urn.split("::").pop()!, resource)]);
}

async function inCluster(of: string): Promise<[string, string][]> {
  const { items } = JSON.parse(await kubectl(["-n", of, "get", "secrets", "-o", "json"])) as {
    items: { metadata: { name: string }; type: string; data?: Record<string, string> }[];
  };
  return items
    .filter(({ type }) => !type.startsWith("helm.sh/"))
    .flatMap(({ data = {}, metadata }) =>
      Object.entries(data)
        .filter(([key]) => !PUBLIC.test(key))
        .map(([key, value]): [string, string] => [
          `${of}/${metadata.name} ${key}`,
          Buffer.from(value, "base64").toString(),
        ]),
    );
}

/** All generated values of the site: those in the state, and those in Secrets, which operators have made too. */
export async function generatedSecrets(): Promise<Secrets> {
  const all = [...(await inState()), ...(await inCluster(namespace)), ...(await inCluster("cert-manager"))];
  const long = all.map(([name, value]) => [name, secretPart(value)] as const).filter(([, v]) => v.length >= SHORTEST);
  const found = new Map<string, readonly string[]>();
  for (const [name, value] of long) found.set(name, [...(found.get(name) ?? []), ...formsOf(value)]);
  return found;
}

/** One search per set of secrets, kept because it is used for all places. */
const needles = new WeakMap<Secrets, Needles>();

function needlesOf(secrets: Secrets): Needles {
  const known = needles.get(secrets) ?? new Needles([...secrets.values()].flat());
  needles.set(secrets, known);
  return known;
}

/** Names of the secrets that occur in a text. */
export function shown(secrets: Secrets, text: string): string[] {
  const found = needlesOf(secrets).in(text);
  return found.size === 0
    ? []
    : [...secrets].filter(([, forms]) => forms.some((form) => found.has(form))).map(([name]) => name);
}

/** A place where a secret could appear, and the text there. */
export type Place = readonly [where: string, text: string];

/** The places that show secrets, with their names, and the number of places searched. */
export async function leaks(secrets: Secrets, places: Iterable<Place> | AsyncIterable<Place>) {
  const found: { where: string; secrets: string[] }[] = [];
  let looked = 0;
  for await (const [where, text] of places) {
    looked++;
    const names = shown(secrets, text);
    if (names.length > 0) found.push({ where, secrets: names });
  }
  return { found, looked };
}
