import { once } from "node:events";
import http, { type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { HelmHistory } from "../helm-history/records.ts";
import { HelmSecrets } from "../helm-history/testing/secrets.ts";
import { parseConfig } from "../config/load.ts";
import type { KubeApi } from "../kubernetes/api.ts";
import { stackValues } from "../test/stack-config.ts";
import { budgetsOf, type Deployment, digestsOf, holdForBudget, isNew, refusalOf } from "./error-budget.ts";

const digest = (n: number) => `sha256:${String(n).repeat(64)}`;

test("an image is new that did not run here, and the first one is not held up", () => {
  expect(isNew(digest(3), [digest(1), digest(2)])).toBe(true);
  expect(isNew(digest(1), [digest(1), digest(2)])).toBe(false);
  expect(isNew(digest(1), [])).toBe(false);
});

test("what ran is what was deployed, and not what failed or was never finished", async () => {
  const secrets = new HelmSecrets();
  const states = ["superseded", "failed", "superseded", "deployed", "pending-upgrade"];
  states.forEach((status, i) => secrets.add(i + 1, status, undefined, undefined, { image: { digest: digest(i + 1) } }));
  expect(await digestsOf(new HelmHistory(secrets, "acci", "acci-framework"))).toEqual([1, 3, 4].map(digest));
});

test("a version waits just while one budget is spent, and the message names it", () =>
  fc.assert(
    fc.property(fc.array(fc.double({ min: -20, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }), (all) => {
      const budgets = all.map((left, i) => ({ objective: `requests-${i}`, left }));
      const refusal = refusalOf("acci-prod", "1.2.3", budgets);
      expect(refusal !== undefined).toBe(Math.min(...all) <= 0);
      for (const { left, objective } of budgets)
        if (refusal) expect(refusal.includes(`${objective}: `)).toBe(left <= 0);
    }),
  ));

test("the refusal is a whole sentence with its cure", () => {
  expect(refusalOf("acci-prod", "1.2.3", [{ objective: "requests-availability", left: -0.354 }])).toBe(
    "acci:image.version: must wait while an error budget of acci-prod is spent, got 1.2.3 (requests-availability: -35 % left); " +
      "go back to a version that ran before, or give this one a reason in acci:slo.gate.exception",
  );
});

test("no budget at all is not a full one", () => {
  expect(() => refusalOf("acci-prod", "1.2.3", [])).toThrow("must find the budgets of acci-prod, got none");
});

describe("Prometheus", () => {
  const answer = {
    data: { result: [{ metric: { sloth_slo: "requests-latency" }, value: [1, "-0.5"] }] },
  };
  const budgets = [{ objective: "requests-latency", left: -0.5 }];
  const asked: string[] = [];
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = http.createServer(({ url }, response) => {
      asked.push(url!);
      response.writeHead(url!.startsWith("/broken") ? 502 : 200).end(JSON.stringify(answer));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const nobody: KubeApi = { ask: () => Promise.reject(new Error("not asked")) };

  test("is asked at an address for the requests of this site", async () => {
    expect(await budgetsOf("acci-prod", { prometheus: `${address}/prometheus/` }, nobody)).toEqual(budgets);
    const { pathname, searchParams } = new URL(asked.at(-1)!, address);
    expect(pathname).toBe("/prometheus/api/v1/query");
    expect(searchParams.get("query")).toBe(
      'slo:period_error_budget_remaining:ratio{namespace="acci-prod",sloth_slo=~"requests-.+"}',
    );
  });

  test("is asked as a Service through the Kubernetes API", async () => {
    let path = "";
    const api: KubeApi = { ask: <T>(to: string) => Promise.resolve(((path = to), answer) as T) };
    expect(await budgetsOf("acci-prod", { prometheus: "monitoring/prometheus-operated:9090" }, api)).toEqual(budgets);
    expect(path).toMatch(
      /^\/api\/v1\/namespaces\/monitoring\/services\/prometheus-operated:9090\/proxy\/api\/v1\/query\?query=slo%3A/,
    );
  });

  test("that does not answer is no full budget", async () => {
    await expect(budgetsOf("acci-prod", { prometheus: `${address}/broken` }, nobody)).rejects.toThrow(
      "must answer with 200, got 502",
    );
  });
});

describe("a site whose budget is spent", () => {
  const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  const preview = jest.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(false);
  beforeEach(() => void warned.mockClear());
  afterAll(() => jest.restoreAllMocks());

  const secrets = new HelmSecrets();
  secrets.add(1, "superseded", undefined, undefined, { image: { digest: digest(1) } });
  secrets.add(2, "deployed", undefined, undefined, { image: { digest: digest(2) } });
  const spent = { data: { result: [{ metric: { sloth_slo: "requests-availability" }, value: [1, "-0.2"] }] } };

  /** Tries a deployment on the namespace `acci`; Prometheus says what `prometheus` resolves to. */
  async function deploy(
    over: Partial<Deployment>,
    exception?: object,
    prometheus: () => Promise<unknown> = async () => spent,
  ) {
    const gate = { prometheus: "monitoring/prometheus:9090", ...(exception ? { exception } : {}) };
    const config = parseConfig("prod", { ...stackValues("prod"), namespace: "acci", slo: { gate } });
    const api: KubeApi = {
      ask: <T>(path: string) => (path.includes("/proxy/") ? prometheus() : secrets.ask<T>(path)) as Promise<T>,
    };
    const deployment = { version: "1.2.3", digest: digest(3), failsOver: false, ...over };
    await holdForBudget(config, deployment, () => Promise.resolve(api));
  }
  const never = () => Promise.reject(new Error("must not be asked"));

  test("gets no new image", async () => {
    await expect(deploy({})).rejects.toThrow("acci:image.version: must wait while an error budget of acci is spent");
    expect(warned).not.toHaveBeenCalled();
  });

  test("sees in a preview that it would get none, and the rest of the preview", async () => {
    preview.mockReturnValueOnce(true);
    await deploy({});
    expect(warned.mock.calls).toEqual([[expect.stringMatching(/^acci:image.version: must wait/)]]);
  });

  test.each<[string, Partial<Deployment>, object | undefined]>([
    ["the image that runs", { digest: digest(2) }, undefined],
    ["an image that ran before", { digest: digest(1) }, undefined],
    ["whatever it fails over with", { failsOver: true }, undefined],
    ["a version with a reason", {}, { version: "1.2.3", reason: "mends the errors" }],
  ])("gets %s, without a word", async (_, over, exception) => {
    await deploy(over, exception, over.failsOver || exception ? never : async () => spent);
    expect(warned).not.toHaveBeenCalled();
  });

  test("gets no version for another's reason", async () => {
    await expect(deploy({}, { version: "1.2.2", reason: "mends the errors" })).rejects.toThrow("must wait");
  });

  test("is not held up when Prometheus does not answer, but told so", async () => {
    await deploy({}, undefined, () => Promise.reject(new Error("service: no endpoints")));
    expect(warned.mock.calls).toEqual([
      ["acci:slo.gate: service: no endpoints; whether the error budget is spent is not known"],
    ]);
  });
});
