import { tool } from "../../lib/tool.ts";

/** A build of helm may know no cluster's version but an ancient one. */
export const KUBE_VERSION = "1.34.0";

export const helm = (args: readonly string[], input?: string) => tool("helm", args, input);
