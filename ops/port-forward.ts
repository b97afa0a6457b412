import { show } from "./kubectl.ts";
import { release, type Site } from "./site.ts";

/** Forwards the application to http://localhost:8080, and its /metrics and /ready to port 9090. Other ports: `18080:8080 19090:9090`. */
export const portForward = (site: Site, ports: readonly string[]) =>
  show(site, ["port-forward", `deployment/${release}`, ...(ports.length > 0 ? ports : ["8080:8080", "9090:9090"])]);
