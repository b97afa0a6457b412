import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { download } from "../lib/download.ts";
import { servedPod } from "./pod.ts";

export const ZIPKIN = "zipkin";
export const ZIPKIN_PORT = 9411;

/** Zipkin's server as its project publishes it, with everything in one archive. */
const ARTIFACT = "io.zipkin:zipkin-server:3.5.1:jar:exec";
const SHA256 = "7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d";
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
const kept = inCache("zipkin");
const jar = path.join(kept, "zipkin.jar");

/** Fetches it by Maven, unless it is in the cache. Throws when it is not the pinned one. */
export async function fetchZipkin(log: string): Promise<void> {
  if (existsSync(jar)) return;
  const work = mkdtempSync(path.join(os.tmpdir(), "acci-zipkin-"));
  try {
    const asked = [`-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${work}`, "-Dmdep.stripVersion=true"];
    await download("Zipkin", () => run("mvn", ["--batch-mode", COPY, ...asked], { log }));
    const found = path.join(work, "zipkin-server-exec.jar");
    const sha256 = createHash("sha256").update(readFileSync(found)).digest("hex");
    if (sha256 !== SHA256) throw new Error(`${ARTIFACT}: must have SHA-256 ${SHA256}, got ${sha256}`);
    mkdirSync(kept, { recursive: true });
    // Under its name only once it is whole.
    cpSync(found, `${jar}.new`);
    renameSync(`${jar}.new`, jar);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Debian's Java, whose settings are in /etc. */
const JAVA = { java: "/usr/lib/jvm/java-17-openjdk-amd64", settings: "/etc/java-17-openjdk" };

/** A pod that keeps spans in memory and shows them in a page. */
export const zipkin = servedPod({
  name: ZIPKIN,
  port: { name: "http", port: ZIPKIN_PORT },
  container: {
    command: [`${JAVA.java}/bin/java`, "-Xmx192m", "-jar", "/opt/zipkin.jar"],
    readinessProbe: { httpGet: { path: "/health", port: ZIPKIN_PORT }, periodSeconds: 1 },
    resources: { requests: { cpu: "10m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [
      { name: "jar", mountPath: "/opt/zipkin.jar", readOnly: true },
      { name: "java", mountPath: JAVA.java, readOnly: true },
      { name: "settings", mountPath: JAVA.settings, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  },
  volumes: [
    { name: "jar", hostPath: { path: jar, type: "File" } },
    { name: "java", hostPath: { path: JAVA.java, type: "Directory" } },
    { name: "settings", hostPath: { path: JAVA.settings, type: "Directory" } },
    { name: "tmp", emptyDir: {} },
  ],
});
