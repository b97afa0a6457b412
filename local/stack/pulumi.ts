import { createHash, randomBytes } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { authority } from "../cluster/cluster.ts";
import { storeKeys } from "../cluster/store.ts";
import { buildahEnvironment } from "../images/build.ts";
import { buildPlatform, hasEveryPlatform } from "../images/platforms.ts";
import { registry } from "../lib/addresses.ts";
import { inState } from "../lib/paths.ts";
import { merge } from "../../tooling/maps.ts";
import { bin, project } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { hasOfficial, installPlugins, offlineEnvironment } from "../pulumi/install.ts";
import { installSigningTools } from "../signing/install.ts";
import { pruneHistory } from "./history.ts";
import { keepNoLogs } from "./logs.ts";
import { observation } from "../observe/mark.ts";
import { overlay } from "./overlay.ts";
import { isHeldByDead } from "./locks.ts";
import { makeNeeds } from "./needs.ts";
import { hasOwnPulumi, ownPulumi } from "./own-pulumi.ts";
import { refuseUnread } from "./unread-state.ts";

const home = inState("pulumi");
/** Folder of the stacks' state. */
const backend = path.join(home, "state");
const pluginFolder = path.join(home, "bin");
const signingFolder = path.join(home, "signing");

/** Context of an existing cluster to use instead of the embedded one. */
export const existingCluster = () => process.env.ACCI_CONTEXT || undefined;

/** Puts the CLI beside the language host, because it warns at every run about a language host in another folder. */
function ensureCli(): void {
  const [built, beside] = [path.join(bin, "pulumi"), path.join(pluginFolder, "pulumi")];
  // In whole seconds, because a time that is set loses what it has below a millisecond.
  const madeAt = (file: string) => Math.floor(statSync(file).mtimeMs / 1000);
  if (!existsSync(built) || (existsSync(beside) && madeAt(beside) === madeAt(built))) return;
  rmSync(beside, { force: true });
  copyFileSync(built, beside, constants.COPYFILE_FICLONE);
  utimesSync(beside, madeAt(built), madeAt(built));
}

/** File with the passphrase of this platform's stacks. A file, because other processes may read an environment. */
function ensurePassphrase(): string {
  const file = path.join(home, "passphrase");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 });
  return file;
}

/** Environment for `pulumi` on this platform: its tools, its state, its stand-ins. */
export function pulumiEnvironment(): NodeJS.ProcessEnv {
  mkdirSync(backend, { recursive: true, mode: 0o700 });
  return {
    ...process.env,
    ...offlineEnvironment(),
    ...buildahEnvironment(),
    ...(existingCluster() === undefined ? { ACCI_REGISTRY: registry } : {}),
    PATH: [
      path.dirname(process.execPath),
      // Before the machine's own tools, which would use the registry in an image name.
      ...(existingCluster() === undefined ? [signingFolder] : []),
      process.env.PATH,
      pluginFolder,
      bin,
    ].join(path.delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: ensurePassphrase(),
  };
}

const configFile = (stack: string) => path.join(home, `Pulumi.${stack}.yaml`);

function whereabouts(prefix: string) {
  const context = existingCluster();
  return context === undefined ? merge(overlay(authority(), prefix), observation()) : { "acci:cluster": { context } };
}

interface StackFile {
  readonly encryptionsalt?: string;
  readonly config?: Record<string, unknown>;
}

const readConfig = (stack: string): StackFile =>
  existsSync(configFile(stack)) ? (parse(readFileSync(configFile(stack), "utf8")) as StackFile) : {};

/** Strings are quoted, because Pulumi reads an unquoted one that looks like a time as a time. */
const write = (file: StackFile) => stringify(file, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });

/** Writes the stack's own configuration, merged with the platform's addresses. Secrets in the file are kept. */
function writeConfig(stack: string, extra: Record<string, unknown>): Record<string, unknown> {
  const file = configFile(stack);
  const { config: before = {}, ...kept } = readConfig(stack);
  const secrets = STORE_KEYS in before ? { [STORE_KEYS]: before[STORE_KEYS] } : {};
  const own = parse(readFileSync(path.join(project, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: { "acci:backups": { store: { prefix: string } }; "acci:image": { build?: object } };
  };
  const { prefix } = own.config["acci:backups"].store;
  const builds = own.config["acci:image"].build !== undefined;
  const platforms =
    builds && existingCluster() === undefined && !hasEveryPlatform()
      ? { "acci:image": { build: { platforms: [buildPlatform] } } }
      : {};
  const laid = [whereabouts(prefix), platforms, extra].reduce<Record<string, unknown>>(merge, own.config);
  const config = { ...laid, ...secrets };
  writeFileSync(file, write({ ...kept, config }), { mode: 0o600 });
  return config;
}

export interface PulumiOptions {
  /** Whether the output is printed as it comes. @default false */
  readonly show?: boolean;
  /** Configuration that is merged over the platform's. */
  readonly config?: Record<string, unknown>;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs one Pulumi command on a stack of the project and returns its output. A missing stack is created. */
export async function pulumi(stack: string, args: readonly string[], options: PulumiOptions = {}): Promise<string> {
  const context = existingCluster();
  if (context !== undefined && (await hasOwnPulumi())) {
    const own = (command: readonly string[], show?: boolean) =>
      ownPulumi(context, [...command, "--stack", stack], { cwd: project, show });
    await refuseUnread(stack, args, () => own(["stack", "export"]));
    return own(args, options.show);
  }
  mkdirSync(pluginFolder, { recursive: true, mode: 0o700 });
  const env = { ...pulumiEnvironment(), ...options.env };
  ensureCli();
  keepNoLogs(home);
  pruneHistory(backend);
  installPlugins(home, pluginFolder);
  if (existingCluster() === undefined) installSigningTools(signingFolder);
  if (!existsSync(configFile(stack))) await initialise(stack, env);
  const config = writeConfig(stack, options.config ?? {});
  if (existingCluster() === undefined) {
    await giveStoreKeys(stack, env);
    if (["up", "preview"].includes(args[0]!)) await makeNeeds(config);
  }
  if (hasOfficial("kubernetes", home))
    await refuseUnread(stack, args, () => run("pulumi", ["stack", "export", "--stack", stack], { cwd: home, env }));
  const takesConfig = ["up", "preview", "refresh", "destroy", "import", "config"].includes(args[0]!);
  return run(
    "pulumi",
    [...args, "--non-interactive", "--stack", stack, ...(takesConfig ? ["--config-file", configFile(stack)] : [])],
    { cwd: project, env, show: options.show },
  );
}

const STORE_KEYS = "acci:storeKeys";

/** Sets the keys of the platform's object store, encrypted as in any stack. */
async function giveStoreKeys(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const keys = JSON.stringify(storeKeys());
  const given = createHash("sha256").update(keys).digest("hex");
  // A hash of the keys, because the encrypted value cannot be compared.
  const stamp = path.join(home, `store-keys.${stack}.sha256`);
  const known = existsSync(stamp) && readFileSync(stamp, "utf8") === given;
  if (known && STORE_KEYS in (readConfig(stack).config ?? {})) return;
  const set = ["config", "set", "--secret", STORE_KEYS, "--stack", stack, "--config-file", configFile(stack)];
  await run("pulumi", set, { cwd: project, env, input: keys });
  writeFileSync(stamp, given);
}

/**
 * Creates the stack in another folder, because `pulumi stack init` writes its salt beside Pulumi.yaml, and the project's own files must
 * not change.
 */
async function initialise(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  writeFileSync(path.join(home, "Pulumi.yaml"), "name: acci\nruntime: nodejs\n");
  const known = await run("pulumi", ["stack", "ls", "--json"], { cwd: home, env });
  const names = (JSON.parse(known) as { name: string }[]).map(({ name }) => name);
  if (!names.includes(stack)) await run("pulumi", ["stack", "init", stack, "--non-interactive"], { cwd: home, env });
}

/** Cancels the update of a stack that a killed process still locks. */
export async function cancelDead(stack: string): Promise<void> {
  if (isHeldByDead(stack, backend)) await pulumi(stack, ["cancel", "--yes"]);
}

/** The outputs of a stack. */
export const outputs = async (stack: string) =>
  JSON.parse(await pulumi(stack, ["stack", "output", "--json"])) as Record<string, unknown>;

/** Number of operations with an unknown outcome that a killed update has left. */
export async function pendingOperations(stack: string): Promise<number> {
  const { deployment } = JSON.parse(await pulumi(stack, ["stack", "export"])) as {
    deployment: { pending_operations?: unknown[] };
  };
  return deployment.pending_operations?.length ?? 0;
}
