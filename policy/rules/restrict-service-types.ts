import { objectsOf } from "../model/objects.ts";
import type { ResourceRule } from "../model/rule.ts";
import { shown, textAt } from "../model/judged-resource.ts";
import { isWaived } from "../waivers.ts";

const NAME = "restrict-service-types";

/** Traffic may enter only through the ingress controller, which terminates TLS and applies the limits. */
export const restrictServiceTypes: ResourceRule = {
  name: NAME,
  description: "No Service is a LoadBalancer or a NodePort, unless policy/waivers.ts says why.",
  level: "mandatory",
  check: (subject) =>
    objectsOf(subject)
      .filter(({ kind, where }) => kind === "Service" && !isWaived(NAME, where))
      .map(({ where, manifest }) => ({ where, type: textAt(manifest, "spec", "type") }))
      .filter(({ type }) => ["LoadBalancer", "NodePort"].includes(type))
      .map(
        ({ where, type }) =>
          `${where}: spec.type must be ClusterIP, got ${shown(type)}; route to it by an Ingress, or waive the resource in policy/waivers.ts`,
      ),
};
