/** The parts of `pulumi stack export` that are read here. */
export interface ExportedState {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly custom?: boolean;
      readonly external?: boolean;
      readonly delete?: boolean;
      readonly outputs?: Readonly<Record<string, unknown>>;
    }[];
  };
}

/**
 * The objects that the Kubernetes plugin would replace without need: it compares with the inputs that it keeps in a
 * state's outputs, and takes an object without them for one that has moved from the namespace `default`.
 */
export const unreadObjects = ({ deployment }: ExportedState): string[] =>
  (deployment?.resources ?? [])
    .filter(
      ({ custom, delete: replaced, external, urn }) =>
        custom && !external && !replaced && typeOf(urn).startsWith("kubernetes:"),
    )
    .filter(({ outputs }) => outputs?.["__inputs"] === undefined)
    .map(({ urn }) => urn.split("::").slice(3).join("::"));

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

const SHOWN = 3;

/** Why a stack must not be updated by the official plugin as it is, and the cure; nothing when it may be. */
export function refusalOf(stack: string, state: ExportedState): string | undefined {
  const objects = unreadObjects(state);
  if (objects.length === 0) return undefined;
  const more = objects.length > SHOWN ? ` and ${objects.length - SHOWN} more` : "";
  return (
    `stack ${stack}: every object must have its inputs in the state, or the official Kubernetes plugin replaces it, ` +
    `got none of ${objects.slice(0, SHOWN).join(", ")}${more}; run \`pulumi refresh -s ${stack}\` first`
  );
}
