import http from "node:http";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { inState } from "../../../local/lib/paths.ts";
import { project } from "../../../tooling/paths.ts";
import { run } from "../../../tooling/run.ts";
import { until } from "../../../tooling/until.ts";
import { acmeRoots, fetchThroughRoute, type Answer, type Question } from "../../../local/stack/route.ts";

export const tenant = "7b0c5a6e-0f6e-4a6e-9a53-8f1f6f2f3a11";
export const otherTenant = "0d3f5b1c-52a5-4b52-8a44-1f7f3f0a9c22";

/** Runs a target of the project's Makefile. */
export const make = (target: string) =>
  run("make", ["--directory", project, target], { log: inState("log", "make.log") });

/** Runs a command of daily work with its variables, and returns its output. */
export const command = (target: string, ...variables: string[]) =>
  run("make", ["--silent", "--directory", project, target, ...variables]);

export const asTenant = (id: string, question: Question = {}): Question => ({
  ...question,
  headers: { "x-tenant-id": id, "content-type": "application/json", ...question.headers },
});

export interface Note {
  readonly id: string;
  readonly title: string;
}

let roots: string | undefined;

/** A deployed stack, as seen from outside and through its cluster. */
export class Site {
  readonly namespace: string;
  readonly host: string;

  constructor(namespace: string, host: string) {
    this.namespace = namespace;
    this.host = host;
  }

  /** Runs `kubectl` in the site's namespace. */
  readonly kube = (args: readonly string[], input?: string) => kubectl(["-n", this.namespace, ...args], input);

  readonly kubeJson = async <T>(args: readonly string[]) => JSON.parse(await this.kube([...args, "-o", "json"])) as T;

  /** Sends a request over HTTPS. The certificate must be valid for this host and issued by the CA of the ACME server. */
  readonly ask = async (path: string, question: Question = {}): Promise<Answer> => {
    roots ??= await acmeRoots();
    return fetchThroughRoute(`https://${this.host}${path}`, roots, question);
  };

  /** Answer over plain HTTP: status and location. */
  readonly askPlainly = (path: string) =>
    new Promise<string>((resolve, reject) => {
      http
        .get({ host: nodeAddress, path, headers: { host: this.host } }, (answer) => {
          answer.resume();
          resolve(`${answer.statusCode} ${answer.headers.location}`);
        })
        .on("error", reject);
    });

  readonly writeNote = async (title: string, id = tenant): Promise<Note> => {
    const body = JSON.stringify({ title, body: "text" });
    const answer = await this.ask("/api/notes", asTenant(id, { method: "POST", body }));
    if (answer.status !== 201) throw new Error(`POST /api/notes: must answer 201, got ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as Note;
  };

  readonly readNote = (id: string, of = tenant) => this.ask(`/api/notes/${id}`, asTenant(of));

  /** Runs a command in the primary's container and returns its output. */
  readonly inPrimary = async (command: readonly string[], input?: string): Promise<string> => {
    const pod = await this.kube(["get", "pods", "-l", "cnpg.io/instanceRole=primary", "-o", "name"]);
    return this.kube(["exec", "-i", pod.trim(), "-c", "postgres", "--", ...command], input);
  };

  /** Runs SQL in the primary and returns its rows. */
  readonly sql = async (statements: string): Promise<string[]> => {
    const command = ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "acci"];
    return (await this.inPrimary(command, statements)).split("\n").filter(Boolean);
  };

  /** A hash over all tenants' notes, ordered by id. */
  readonly contentOfNotes = () => this.sql("SELECT md5(string_agg(n::text, '|' ORDER BY id)) FROM notes n");

  /** Decoded data of a Secret of the site. */
  readonly secret = async (name: string): Promise<Record<string, string>> => {
    const { data } = await this.kubeJson<{ data: Record<string, string> }>(["get", "secret", name]);
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  };

  /** Runs Redis commands as the application's user. The password goes through stdin, where no process list shows it. */
  readonly redis = async (...commands: string[]): Promise<string[]> => {
    const { url } = await this.secret("acci-framework-cache");
    const { password, protocol } = new URL(url!);
    const tls = protocol === "rediss:" ? ["--tls", "--cacert", "/etc/acci/redis/tls/ca.crt"] : [];
    const input = [`AUTH acci ${password}`, ...commands].join("\n");
    const answers = await this.kube(["exec", "-i", "redis-0", "--", "redis-cli", ...tls], `${input}\n`);
    return answers.split("\n").filter(Boolean).slice(1);
  };

  /** Names of the application's running pods, without those that are terminating. */
  readonly applicationPods = async (): Promise<string[]> => {
    const { items } = await this.kubeJson<{ items: { metadata: { name: string; deletionTimestamp?: string } }[] }>([
      "get",
      "pods",
      "-l",
      "app.kubernetes.io/name=acci-framework",
      "--field-selector=status.phase=Running",
    ]);
    return items.filter((pod) => pod.metadata.deletionTimestamp === undefined).map((pod) => pod.metadata.name);
  };

  /** Waits until none of the application's pods is terminating: one of before serves on for some seconds, as it was configured. */
  readonly settled = () =>
    until("the pods of before to be gone", 60, async () => {
      const pods = await this.kube(["get", "pods", "-l", "app.kubernetes.io/name=acci-framework", "-o", "name"]);
      return pods.split("\n").filter(Boolean).length === (await this.applicationPods()).length;
    });
}

/** The dev stack, which most tests are about. */
export const dev = new Site("acci-dev", "api.acci-framework.dev");
export const {
  applicationPods,
  ask,
  askPlainly,
  host,
  kube,
  kubeJson,
  namespace,
  readNote,
  redis,
  secret,
  sql,
  writeNote,
} = dev;

export { until };
