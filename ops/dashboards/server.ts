import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { dashboards as all } from "../../dashboards/all.ts";
import { runbookOf } from "../../dashboards/runbooks.ts";
import { project } from "../../tooling/paths.ts";
import { type Ask, draw, rangeOf } from "./panels.ts";

const here = (file: string) => path.join(import.meta.dirname, file);
const library = (file: string) => path.join(project, "node_modules", "uplot", "dist", file);
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": [here("page.html"), "text/html"],
  "/page.js": [here("page.js"), "text/javascript"],
  "/uPlot.js": [library("uPlot.esm.js"), "text/javascript"],
  "/uPlot.css": [library("uPlot.min.css"), "text/css"],
};

/** Answers with the page, and with what a dashboard shows as JSON. */
export function serve(site: string, ask: Ask): http.Server {
  return http.createServer((request, response) => {
    const { host } = request.headers;
    const { pathname, searchParams } = new URL(request.url!, "http://localhost");
    const file = FILES[pathname];
    const dashboard = all.find(({ name }) => pathname === `/dashboards/${name}`);
    // Another name that leads here is another site's page, which must not read the metrics.
    if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host ?? "")) response.writeHead(403).end();
    else if (file) response.writeHead(200, { "content-type": file[1] }).end(readFileSync(file[0]));
    else if (!dashboard) response.writeHead(404).end();
    else {
      const range = rangeOf(Number(searchParams.get("seconds")) || 3600, Date.now() / 1000);
      void Promise.all(
        dashboard.rows.map(async ({ panels, title }) => ({
          title,
          panels: await Promise.all(
            panels.map(async (panel) => ({
              ...(await draw(panel, site, range, ask)),
              ...(panel.alert ? { runbook: runbookOf(panel.alert) } : {}),
            })),
          ),
        })),
      ).then((rows) => {
        const names = all.map(({ name }) => name);
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ site, names, rows }));
      });
    }
  });
}
