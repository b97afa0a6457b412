import { pulumi } from "../../../local/stack/pulumi.ts";
import { ask, asTenant, kube, tenant, until, writeNote } from "../support/site.ts";
import { handshake, HANDSHAKES } from "../support/tls.ts";

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const page = async () => (await ask("/")).body;
const linked = (text: string, extension: string) =>
  new RegExp(`"(/assets/[^"]+\\.${extension})"`).exec(text)?.[1] ?? `no link to ${extension}`;

describe("the public route", () => {
  it.each(HANDSHAKES)("answers a client that offers %j alone: %s", async (offer, answer) => {
    expect(await handshake(offer)).toBe(answer);
  });

  it("tells browsers to keep nothing of the API, to frame nothing and to use HTTPS", async () => {
    const { id } = await writeNote("with headers");
    for (const path of ["/api/notes", `/api/notes/${id}`, "/nowhere"])
      expect([path, (await ask(path, asTenant(tenant))).headers]).toEqual([path, expect.objectContaining(HEADERS)]);
  });

  it("lets a CDN keep hashed files for ever, and the page that names them not at all unasked", async () => {
    const { headers } = await ask("/");
    expect(headers["cache-control"]).toBe("no-cache");
    for (const extension of ["js", "css"]) {
      const file = await ask(linked(await page(), extension));
      expect([extension, file.status]).toEqual([extension, 200]);
      expect(file.headers).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        etag: expect.any(String),
        vary: expect.stringMatching(/accept-encoding/i),
      });
    }
  });

  it("takes no body that is larger than any note", async () => {
    const note = (length: number) => JSON.stringify({ title: "large", body: "x".repeat(length) });
    const answer = (length: number) => ask("/api/notes", asTenant(tenant, { method: "POST", body: note(length) }));
    expect((await answer(1000)).status).toBe(201);
    expect((await answer(300 * 1024)).status).toBe(413);
  });
});

describe("a rate limit", () => {
  const rateLimit = { perSecond: 1, burst: 5 };

  async function up(config = {}): Promise<void> {
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
    // Old pods with another limit serve until traffic has moved, so the test waits for their end.
    const pods = () => kube(["get", "pods", "-l", "app.kubernetes.io/name=acci-framework", "-o", "name"]);
    await until("the old pods to end", 60, async () => (await pods()).trim().split("\n").length === 2);
  }

  beforeAll(() => up({ "acci:exposure": { rateLimit } }));
  afterAll(() => up());

  const burst = (headers: Record<string, string> = {}) =>
    Promise.all(Array.from({ length: 40 }, () => ask("/", { headers })));
  const statuses = (answers: Awaited<ReturnType<typeof burst>>) => [...new Set(answers.map((a) => a.status))].sort();

  it("refuses a client that asks too often, says for how long, and serves it again", async () => {
    const answers = await burst();
    expect(statuses(answers)).toEqual([200, 429]);
    // Two pods count separately, and each of them refills its bucket during the burst.
    const served = answers.filter(({ status }) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(rateLimit.burst);
    expect(served).toBeLessThan(20);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.headers).toMatchObject({ "content-type": "application/problem+json", "cache-control": "no-store" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await until("an answer", 20, async () => (await ask("/")).status === 200);
  });

  it("is not lifted by a client that names another address each time", async () => {
    await burst();
    const forged = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask("/", { headers: { "x-forwarded-for": `203.0.113.${i}` } })),
    );
    expect(forged.filter(({ status }) => status === 429).length).toBeGreaterThan(10);
  });

  it("does not hold for health checks", async () => {
    await burst();
    expect((await ask("/health")).status).toBe(200);
  });
});
