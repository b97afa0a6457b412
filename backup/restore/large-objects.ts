import { from } from "pg-copy-streams";
import { type Connection, withClient } from "../database/connection.ts";
import { createLargeObjects, FILL, grantLargeObjects, STAGE, STAGED } from "../database/large-objects.ts";
import type { Manifest, Stored } from "../dump/manifest.ts";
import { fetch } from "./fetch.ts";
import type { OpenDump } from "./open.ts";

/** Restores the large objects with their numbers, owners, grants and content. */
export async function loadLargeObjects(
  target: Connection,
  { manifest, opened, store }: OpenDump,
  { objects, pages }: NonNullable<Manifest["largeObjects"]>,
): Promise<void> {
  await withClient(target, async (client) => {
    await client.query("BEGIN");
    await createLargeObjects(client, objects);
    await client.query(STAGE);
    const sink = client.query(from(`COPY ${STAGED} FROM STDIN (ENCODING '${manifest.database.encoding}')`));
    sink.on("error", () => {});
    await fetch(store, pages.data as Stored, sink, opened);
    await client.query(FILL);
    await grantLargeObjects(client, objects);
    await client.query("COMMIT");
  });
}
