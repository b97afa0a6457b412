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

/** The fields of an engine event that are read here; with --event-log Pulumi writes one event per line. */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: Metadata };
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly policyEvent?: { readonly policyName: string; readonly enforcementLevel: string; readonly message: string };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string; readonly urn?: string };
}

/** Parses a log of events. The last line of a killed engine may be incomplete and is skipped. */
export function parseEvents(log: string): EngineEvent[] {
  return log.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as EngineEvent];
    } catch {
      return [];
    }
  });
}

/** Steps `same` and `read` change nothing, and the stack's own resource only groups the others. */
const isQuiet = ({ op, type }: Metadata) => ["same", "read"].includes(op) || type === "pulumi:pulumi:Stack";

/** Steps of a replacement besides `replace`: the engine reports three, a report lists one. */
const PARTS = ["create-replacement", "delete-replaced"];

function changeOf({ detailedDiff, new: now, old, op, type, urn }: Metadata): Change {
  const inputs = op === "update" || op === "replace" ? differences(old?.inputs, now?.inputs) : [];
  // Masked secrets look alike, and a refresh may find its differences in the outputs; the engine's detailed diff names both.
  const named = Object.keys(detailedDiff ?? {}).map((path) => `~ ${path}`);
  return { op, type, name: urn.split("::").at(-1)!, details: inputs.length > 0 ? inputs : named };
}

const changesOf = (events: readonly EngineEvent[]): Change[] =>
  events
    .flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []))
    .filter((metadata) => !isQuiet(metadata) && !PARTS.includes(metadata.op))
    .map(changeOf);

/** Changes that a refresh found. They are read from the outputs event, because the event before it has no result yet. */
export const driftOf = (events: readonly EngineEvent[]): Change[] =>
  events
    .flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []))
    .filter((metadata) => !isQuiet(metadata))
    .map(changeOf);

/** The report on a stack, made of the engine's events. */
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
  const warnings = events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === "warning" ? [sentence(diagnosticEvent.message)].filter(isOfProgram) : [],
  );
  return { stack, source: "preview", changes: changesOf(events), violations, waivers: [], errors, warnings, chartDiff };
}

/** The engine repeats `update failed` after the reason, even after a policy's refusal. */
const isNews = (message: string) => !/^(preview|update) failed$/.test(message);

/** The engine and its plugins warn of much; the program's own warnings begin with the key that they are about. */
const isOfProgram = (message: string) => message.startsWith("acci:");

/** The message of a violation; the SDK puts the rule's description on a line of its own before it. */
const withoutDescription = (message: string) => message.trim().split("\n").slice(1).join("\n") || message;

/** Text without the engine's color marks, secrets masked. */
const sentence = (message: string) => maskText(message.replaceAll(/<\{%[^%]*%\}>/g, "").trim());
