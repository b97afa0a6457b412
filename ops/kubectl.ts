import { execa, type StdinOption, type StdoutStderrOption } from "execa";
import { database, type Site } from "./site.ts";

export const kubectlFlags = ({ cluster, namespace }: Site) => [...cluster, `--namespace=${namespace}`];

/** Runs kubectl and returns its stdout. */
export const ask = async (site: Site, args: readonly string[], input = ""): Promise<string> =>
  (await execa("kubectl", [...kubectlFlags(site), ...args], { input })).stdout;

/** Runs kubectl on the user's terminal. */
export const show = (site: Site, args: readonly string[]) =>
  execa("kubectl", [...kubectlFlags(site), ...args], { stdio: "inherit" });

/** Runs helm on the user's terminal, with kubectl's `--context` translated to helm's flag. */
export const showHelm = (site: Site, args: readonly string[]) => {
  const cluster = site.cluster.map((flag) => flag.replace("--context=", "--kube-context="));
  return execa("helm", [...cluster, `--namespace=${site.namespace}`, ...args], { stdio: "inherit" });
};

export const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Name of the pod whose Postgres takes writes. */
export async function primary(site: Site): Promise<string> {
  const pod = await ask(site, ["get", "pods", "--selector=cnpg.io/instanceRole=primary", "--output=name"]);
  if (pod === "")
    throw new Error(`database of ${site.stack}: has no primary in namespace ${site.namespace}; see its events`);
  return pod;
}

interface Streams {
  readonly stdin?: StdinOption;
  readonly stdout?: StdoutStderrOption;
}

/** Runs a command in the primary's pod, its data streamed from and to `streams`. A failure has the command's stderr as its message. */
export async function inPrimary(site: Site, command: readonly string[], streams: Streams) {
  const exec = ["exec", "--stdin", await primary(site), "--container=postgres", "--", ...command];
  await execa("kubectl", [...kubectlFlags(site), ...exec], { ...streams, buffer: { stdout: false } });
}

/** Runs SQL in the primary and returns its rows, columns separated by tabs. */
export async function sql(site: Site, statements: string, of = database): Promise<string[]> {
  const command = ["psql", "--no-psqlrc", "-qAt", "--field-separator=\t", "--set=ON_ERROR_STOP=1", `--dbname=${of}`];
  const rows = await ask(site, ["exec", "-i", await primary(site), "-c", "postgres", "--", ...command], statements);
  return rows.split("\n").filter(Boolean);
}
