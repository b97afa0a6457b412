import { differences, maskText } from "./mask.ts";
import type { Change, Report } from "./report.ts";

interface State {
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly old: State | null;
  readonly new: State | null;
  readonly detailedDiff?: Record<string, unknown> | null;
}

/** What is read of an engine event; pulumi writes one a line with --event-log. */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: Metadata };
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly policyEvent?: { readonly policyName: string; readonly enforcementLevel: string; readonly message: string };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string; readonly urn?: string };
}

/** A line that a killed engine did not finish is left out. */
export function parseEvents(log: string): EngineEvent[] {
  return log.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as EngineEvent];
    } catch {
      return [];
    }
  });
}

/** Neither changes anything, and a component is only a name for what is in it. */
const isQuiet = ({ op, type }: Metadata) => ["same", "read"].includes(op) || type === "pulumi:pulumi:Stack";

/** A replacement is three steps to the engine and one to a reader. */
const PARTS = ["create-replacement", "delete-replaced"];

function changeOf({ detailedDiff, new: now, old, op, type, urn }: Metadata): Change {
  const inputs = op === "update" || op === "replace" ? differences(old?.inputs, now?.inputs) : [];
  // Secrets look alike when masked, and a refresh may find its differences in the outputs; the engine names both.
  const named = Object.keys(detailedDiff ?? {}).map((path) => `~ ${path}`);
  return { op, type, name: urn.split("::").at(-1)!, details: inputs.length > 0 ? inputs : named };
}

const changesOf = (events: readonly EngineEvent[]): Change[] =>
  events
    .flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []))
    .filter((metadata) => !isQuiet(metadata) && !PARTS.includes(metadata.op))
    .map(changeOf);

/** A refresh begins with every resource; what became of each is known at its end. */
export const driftOf = (events: readonly EngineEvent[]): Change[] =>
  events
    .flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []))
    .filter((metadata) => !isQuiet(metadata))
    .map(changeOf);

/** What the engine said of one stack. */
export function reportOf(stack: string, events: readonly EngineEvent[], chartDiff: string): Report {
  const violations = events.flatMap(({ policyEvent }) =>
    policyEvent
      ? [
          {
            rule: policyEvent.policyName,
            level: policyEvent.enforcementLevel === "mandatory" ? "mandatory" : "advisory",
            message: sentence(withoutDescription(policyEvent.message)),
          },
        ]
      : [],
  );
  const errors = events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === "error" ? [sentence(diagnosticEvent.message)].filter(isNews) : [],
  );
  return { stack, source: "preview", changes: changesOf(events), violations, waivers: [], errors, chartDiff };
}

/** The engine says this after the reason, a policy's refusal included. */
const isNews = (message: string) => !/^(preview|update) failed$/.test(message);

/** The SDK puts the rule's description on a line of its own before each message. */
const withoutDescription = (message: string) => message.trim().split("\n").slice(1).join("\n") || message;

/** Without the engine's color marks. */
const sentence = (message: string) => maskText(message.replaceAll(/<\{%[^%]*%\}>/g, "").trim());
