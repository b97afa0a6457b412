import { ANNOTATION } from "../../../components/rotation-record.ts";
import { kubectl } from "../../../local/cluster/cluster.ts";

/** Lets a site begin to count the rotations of its passwords anew, if it is there. */
export async function forgetRotations(namespace: string): Promise<void> {
  const found = await kubectl(["get", "namespace", namespace, "--ignore-not-found", "--output=name"]);
  if (found.trim() !== "") await kubectl(["annotate", "namespace", namespace, `${ANNOTATION}-`]);
}
