import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { freePort } from "../../tooling/free-port.ts";
import { bin } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { type StoreSettings } from "../store/settings.ts";
import { mountDisk, unmountDisk } from "./small-disk.ts";

const gateway = path.join(bin, "versitygw");
const root = { accessKeyId: "root", secretAccessKey: "root-secret" };
const region = "us-east-1";

/** Actions on the bucket itself and on its objects are allowed on different resources. */
function allow(name: string, Action: string): object {
  const ofBucket = /Bucket/.test(Action);
  return {
    Effect: "Allow",
    Principal: { AWS: [name] },
    Action,
    Resource: ofBucket ? "arn:aws:s3:::acci" : "arn:aws:s3:::acci/*",
  };
}

/** A real S3 server of a test's own. */
export class TestStore {
  readonly folder = mkdtempSync(path.join(tmpdir(), "acci-store-"));
  readonly endpoint: string;
  /** Of the certificate that its clients must trust. */
  readonly caFile = path.join(this.folder, "tls.crt");
  readonly #tls: boolean;
  readonly #megabytes: number | undefined;
  readonly #statements: object[] = [];
  #process: ChildProcess | undefined;

  private constructor(port: number, tls: boolean, megabytes: number | undefined) {
    this.#tls = tls;
    this.#megabytes = megabytes;
    if (megabytes) mountDisk(this.folder, megabytes);
    this.endpoint = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
    for (const name of ["data/acci", "accounts", "versions"])
      mkdirSync(path.join(this.folder, name), { recursive: true });
  }

  /** With a bucket `acci`, on a disk of so many megabytes. @default - the machine's disk */
  static async start({ megabytes, tls = false }: { megabytes?: number; tls?: boolean } = {}): Promise<TestStore> {
    const store = new TestStore(await freePort(), tls, megabytes);
    if (tls) await store.#issue();
    await store.up();
    return store;
  }

  /** Brings it back, with its data, after `down`. */
  async up(): Promise<void> {
    const address = new URL(this.endpoint).host;
    const tls = this.#tls ? ["--cert", this.caFile, "--key", path.join(this.folder, "tls.key")] : [];
    const options = ["--port", address, ...tls, "--iam-dir", path.join(this.folder, "accounts"), "--quiet"];
    const backend = ["posix", "--versioning-dir", path.join(this.folder, "versions"), path.join(this.folder, "data")];
    this.#process = spawn(gateway, [...options, ...backend], {
      stdio: "ignore",
      env: { ...process.env, ROOT_ACCESS_KEY_ID: root.accessKeyId, ROOT_SECRET_ACCESS_KEY: root.secretAccessKey },
    });
    let failure: Error | undefined;
    this.#process.once("error", (error) => (failure = error));
    for (let attempt = 0; attempt < 200 && !failure; attempt++) {
      if (await this.#answers()) return;
      await new Promise((next) => setTimeout(next, 50));
    }
    throw new Error(
      `versitygw: does not answer at ${address} (${failure?.message ?? "started"}); build it with make tools`,
    );
  }

  /** Ends at once, in the middle of whatever it does. */
  async down(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** Settings for a folder of the bucket that no other test has. */
  settings(changed: Partial<StoreSettings> = {}): StoreSettings {
    const prefix = `test-${Math.random().toString(36).slice(2)}`;
    return { endpoint: this.endpoint, region, bucket: "acci", prefix, ...root, forcePathStyle: true, ...changed };
  }

  /** A folder with settings as a mounted Secret has them. */
  mounted({ accessKeyId, bucket, endpoint = "", prefix, region, secretAccessKey }: StoreSettings): string {
    const folder = mkdtempSync(path.join(this.folder, "settings-"));
    const files = { accessKeyId, bucket, endpoint, prefix, region, secretAccessKey };
    for (const [name, value] of Object.entries(files)) writeFileSync(path.join(folder, name), value);
    return folder;
  }

  /** A key that may do no more than these, such as `s3:GetObject`. */
  async account(name: string, actions: readonly string[]): Promise<Partial<StoreSettings>> {
    const secret = `${name}-secret`;
    const admin = ["admin", "--access", root.accessKeyId, "--secret", root.secretAccessKey, "--region", region];
    const user = ["create-user", "--access", name, "--secret", secret, "--role", "user"];
    await run(gateway, [...admin, "--endpoint-url", this.endpoint, ...user]);
    for (const Action of actions) this.#statements.push(allow(name, Action));
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: this.#statements });
    await this.#asRoot((client) => client.send(new PutBucketPolicyCommand({ Bucket: "acci", Policy })));
    return { accessKeyId: name, secretAccessKey: secret };
  }

  /** A bucket whose objects can be locked. */
  async lockableBucket(name: string): Promise<Partial<StoreSettings>> {
    const command = new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true });
    await this.#asRoot((client) => client.send(command));
    return { bucket: name };
  }

  /** Tries to remove every version of every object for good, and answers what was refused. */
  removeVersions(Bucket: string): Promise<string[]> {
    return this.#asRoot(async (client) => {
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
      const Objects = Versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      return Errors.map(({ Key, Code }) => `${Key}: ${Code}`).sort();
    });
  }

  async stop(): Promise<void> {
    await this.down();
    if (this.#megabytes) unmountDisk(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whatever it answers to a stranger: the connection is made once it listens. */
  #answers(): Promise<boolean> {
    const { hostname: host, port } = new URL(this.endpoint);
    return new Promise((resolve) => {
      const socket = connect({ host, port: Number(port) }, () => resolve(true));
      socket
        .once("error", () => resolve(false))
        .once("close", () => socket.destroy())
        .end();
    });
  }

  #issue(): Promise<string> {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];
    const subject = ["-subj", "/CN=test store", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = [path.join(this.folder, "tls.key"), "-out", this.caFile];
    return run("openssl", ["req", "-x509", ...key, ...files, ...subject]);
  }

  async #asRoot<T>(ask: (client: S3Client) => Promise<T>): Promise<T> {
    const client = new S3Client({ endpoint: this.endpoint, region, credentials: root, forcePathStyle: true });
    try {
      return await ask(client);
    } finally {
      client.destroy();
    }
  }
}
