import { generateKeyPairSync } from "node:crypto";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { promoteDev } from "../support/promotion.ts";
import { command, sql } from "../support/site.ts";

const storeOf = (prefix: string) => ({ "acci:backups": { store: { prefix } } });

let digest: string;
beforeAll(async () => {
  digest = await promoteDev();
  // dev's dumps stand in for prod's, because dr has nothing to restore without a dump.
  await command("backup-create");
});

describe.each(["prod", "dr"])("the %s stack", (stack) => {
  it("refuses to preview a version nobody pushed, and says which there are", async () => {
    const config = { "acci:image": { version: "9.9.9" } };
    await expect(pulumi(stack, ["preview"], { config })).rejects.toThrow(
      /acci:image\.version: must be a tag in the registry, got .*:9\.9\.9/,
    );
  });

  it("refuses to preview a version without a wanted platform, and says which it has", async () => {
    const config = { "acci:image": { platforms: ["linux/amd64", "linux/arm64"], version: "0.0.1" } };
    await expect(pulumi(stack, ["preview"], { config })).rejects.toThrow(
      /acci:image\.platforms: must all be in \S+:0\.0\.1, got linux\/amd64 without linux\/arm64/,
    );
  });

  it("refuses to preview an image that the configured key did not sign", async () => {
    const { publicKey } = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const config = { "acci:image": { publicKey, unsigned: false } };
    await expect(pulumi(stack, ["preview"], { config })).rejects.toThrow(
      /acci:image\.publicKey: must have made a signature of \S+@sha256:\S+; it verifies none/,
    );
  });

  it("previews cleanly, running by digest what dev built", async () => {
    const shown = await pulumi(stack, ["preview", "--diff"], { config: storeOf("dev") });
    expect(shown).toContain(digest);
    expect(shown).toMatch(/\+ \d+ to create/);
    // The lines alone: a preview with all its properties is too long to print.
    expect(shown.match(/^\s*error: .*$/gm)).toBeNull();
  });
});

it("dr refuses to preview when there is no dump to bring back", async () => {
  await expect(pulumi("dr", ["preview"], { config: storeOf("empty") })).rejects.toThrow(
    /acci:restore: .*catalogue: has no dump; look whether bucket and prefix are the right ones/,
  );
});

it("a preview of a newer major version of the database says what it would come to, and does nothing", async () => {
  const config = { "acci:postgres": { image: "ghcr.io/cloudnative-pg/postgresql:17.6" } };
  const shown = await pulumi("dev", ["preview"], { config });
  expect(shown).toContain(
    "acci:postgres.image: is Postgres 17, while the database is of 15; CloudNativePG upgrades it in place",
  );
  expect(await sql("SHOW server_version")).toEqual([expect.stringMatching(/^15\./)]);
});
