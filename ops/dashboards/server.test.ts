import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { dashboards } from "../../dashboards/all.ts";
import { serve } from "./server.ts";
import type { Series } from "./panels.ts";

const SERIES: Series[] = [{ metric: { pod: "acci-0" }, values: [] }];
const server = serve("acci-prod", () => Promise.resolve(SERIES));

beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

/** Asks by a name that leads here. */
async function get(path: string, host = "localhost:3000") {
  const { port } = server.address() as AddressInfo;
  const request = http.get({ host: "127.0.0.1", port, path, headers: { host }, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

test("the page has all that it loads, and nothing of other servers", async () => {
  const page = (await get("/")).body + (await get("/page.js")).body;
  const loaded = [...page.matchAll(/(?:href|src|from)[= ]"([^"#]+)"/g)].map(([, address]) => address!);
  expect(loaded).toEqual(["/uPlot.css", "/page.js", "/uPlot.js"]);
  for (const address of loaded) expect(await get(address)).toMatchObject({ status: 200 });
});

test.each(dashboards.map(({ name }) => name))("%s has every panel, with the runbook of its alert", async (name) => {
  const { body } = await get(`/dashboards/${name}?seconds=900`);
  const { names, rows, site } = JSON.parse(body) as any;
  expect([site, names]).toEqual(["acci-prod", dashboards.map((one) => one.name)]);
  const panels = dashboards.find((one) => one.name === name)!.rows.flatMap((row) => row.panels);
  const drawn = rows.flatMap((row: any) => row.panels);
  expect(drawn.map(({ title }: any) => title)).toEqual(panels.map(({ title }) => title));
  expect(drawn.map(({ runbook }: any) => runbook !== undefined)).toEqual(panels.map(({ alert }) => !!alert));
  expect(drawn[0].times).toHaveLength(61);
});

test("every unit of a panel is one that the page can write", async () => {
  const { body } = await get("/page.js");
  const [, table] = /^const UNITS = \{(.*?)^\};/ms.exec(body)!;
  const known = [...table!.matchAll(/^ {2}(\w+)/gm)].map(([, unit]) => unit!);
  const used = dashboards.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels.map(({ unit }) => unit)));
  expect([...new Set(used)].filter((unit) => !known.includes(unit))).toEqual([]);
});

test("a page of another site, whose name was made to lead here, learns nothing", async () => {
  for (const host of ["evil.example.com", "localhost.example.com:3000"])
    expect(await get("/dashboards/service", host)).toEqual({ status: 403, body: "" });
  expect((await get("/dashboards/other")).status).toBe(404);
});
