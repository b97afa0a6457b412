import { kubeconfigOf } from "../../../kubernetes/testing/kubeconfig.ts";
import { replacedConfig } from "./config.ts";

const at = (server: string, more: object = {}) => ({
  kubeconfig: kubeconfigOf(server, "x"),
  ...more,
});
const [here, there] = ["https://10.0.0.1:6443", "https://10.0.0.2:6443"];

// As DiffConfig of the official plugin decides, whose tests name the same cases.
test.each<[string, object, object, string[]]>([
  ["the same server", at(here), at(here), []],
  ["another server", at(here), at(there), ["kubeconfig", "context", "cluster"]],
  [
    "another server with the same identifier",
    at(here, { clusterIdentifier: "a" }),
    at(there, { clusterIdentifier: "a" }),
    [],
  ],
  [
    "another identifier",
    at(here, { clusterIdentifier: "a" }),
    at(here, { clusterIdentifier: "b" }),
    ["clusterIdentifier"],
  ],
  ["an identifier for the first time", at(here), at(here, { clusterIdentifier: "a" }), []],
  ["no identifier any more", at(here, { clusterIdentifier: "a" }), at(here), []],
])("%s", (_, olds, news, replaced) => expect(replacedConfig(olds as never, news as never)).toEqual(replaced));
