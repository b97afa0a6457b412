import http from "node:http";
import { METRICS_PORT } from "../contract/commands.ts";
import { secondsBetweenBeats } from "../failover/heartbeat.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { connectionOf, type Settings } from "../settings.ts";
import { withStore } from "./run.ts";
import { Watch } from "./watch.ts";

/** Never returns. It changes nothing while the store is away: a site does not stop because of that. */
export async function agentCommand(settings: Settings): Promise<void> {
  const {
    archiveServer: archive,
    drillEverySeconds: every,
    heartbeatTimeoutSeconds: timeout,
    offsite: hasSecond,
    replicas = 0,
    site,
  } = settings;
  const database = new SiteDatabase(connectionOf(settings));
  const watch = new Watch({ site, archive, database, every, hasSecond, replicas, timeout });
  const server = http.createServer((request, response) => {
    const body = request.url === "/metrics" ? watch.metrics : "ok\n";
    response.setHeader("content-type", "text/plain; version=0.0.4").end(body);
  });
  server.listen(METRICS_PORT);
  process.once("SIGTERM", () => process.exit(0));
  await withStore(settings, async (store) => {
    for (;;) {
      await watch.look(store);
      await new Promise((next) => setTimeout(next, secondsBetweenBeats(timeout) * 1000));
    }
  });
}
