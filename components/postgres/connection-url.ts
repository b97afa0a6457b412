import * as pulumi from "@pulumi/pulumi";
import { DATABASE } from "./roles.ts";

/** Where the application finds the CA: its chart mounts the cluster's CA secret there. */
const CA_FILE = "/etc/acci/postgres-ca/ca.crt";

/** How a role of the application's connects, over TLS that it verifies. */
export function connectionUrl(
  host: pulumi.Output<string>,
  user: string,
  password: pulumi.Output<string>,
): pulumi.Output<string> {
  const query = `sslmode=verify-full&sslrootcert=${CA_FILE}`;
  return pulumi.interpolate`postgres://${user}:${password}@${host}:5432/${DATABASE}?${query}`;
}
