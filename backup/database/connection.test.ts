import net from "node:net";
import type { AddressInfo } from "node:net";
import { connect } from "./connection.ts";

/** A port at which nothing listens. */
async function refusing(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

test("a database that refuses a pod that has just started is asked again, one that refuses an older pod is not", async () => {
  const uptime = jest.spyOn(process, "uptime").mockReturnValueOnce(1).mockReturnValueOnce(2).mockReturnValue(16);
  try {
    const connection = { host: "127.0.0.1", port: await refusing(), user: "acci", database: "acci" };
    await expect(connect(connection)).rejects.toThrow(/as acci: cannot be used, connect ECONNREFUSED/);
    expect(uptime).toHaveBeenCalledTimes(3);
  } finally {
    uptime.mockRestore();
  }
});

test("a password that cannot be read is wrong input, at once", async () => {
  const connection = { host: "127.0.0.1", port: 1, user: "acci", database: "acci", passwordFile: "/nowhere/password" };
  await expect(connect(connection)).rejects.toMatchObject({ kind: "input" });
});
