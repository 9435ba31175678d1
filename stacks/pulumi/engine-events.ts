// The engine's events, cut down to what an operation's log shows: which resource, what was done, what went wrong.
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { type Remark, remarksIn } from "../../infra/assistant/remarks.mjs";
import type { OperationEvent } from "../operations/operation-log.ts";
import { isNoise } from "./error-texts.ts";

/** Operations on a command after which its output is what it has just printed. */
const RUNS_A_COMMAND = ["create", "update", "create-replacement"];

export type OnEngineEvent = (event: EngineEvent) => void;

/** What failed while the engine ran, with the errors that the engine has reported. */
export class EngineFailed extends Error {
  readonly reported: readonly string[];

  constructor(cause: unknown, reported: readonly string[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "EngineFailed";
    this.reported = reported;
  }
}

/**
 * Does what runs the engine, and listens to it. `log` gets what its events tell an operator, `onRemark` what the stack's
 * programs have to say to the customer.
 * @returns the stack's outputs; null if the engine has reported none
 * @throws EngineFailed
 */
export async function withEvents(
  act: (onEvent: OnEngineEvent) => Promise<void>,
  log: (event: OperationEvent) => void,
  onRemark: (remark: Remark) => void = () => {},
): Promise<Record<string, unknown> | null> {
  const errors: string[] = [];
  let outputs: Record<string, unknown> | null = null;
  const onEvent = (event: EngineEvent) => {
    outputs = rootOutputs(event) ?? outputs;
    for (const remark of remarksOf(event)) {
      log({ kind: "diagnostic", severity: "warning", message: remark.message });
      onRemark(remark);
    }
    const read = readEvent(event);
    if (!read) return;
    if (read.kind === "diagnostic" && read.severity === "error") errors.push(read.message);
    log(read);
  };
  try {
    await act(onEvent);
    return outputs;
  } catch (error) {
    throw new EngineFailed(error, errors);
  }
}

/** The log entry of an engine event, or undefined if it means nothing to an operator. */
function readEvent(event: EngineEvent): OperationEvent | undefined {
  if (event.resourcePreEvent) return resourceEvent("started", event.resourcePreEvent.metadata);
  if (event.resOutputsEvent) return resourceEvent("done", event.resOutputsEvent.metadata);
  if (event.resOpFailedEvent) return resourceEvent("failed", event.resOpFailedEvent.metadata);
  if (event.diagnosticEvent && !event.diagnosticEvent.ephemeral) {
    const { message } = event.diagnosticEvent;
    // The engine sends its debug lines too, which the SDK's type doesn't know.
    const severity: string = event.diagnosticEvent.severity;
    if (severity === "debug" || isNoise(message)) return undefined;
    return { kind: "diagnostic", severity, message: plain(message) };
  }
  if (event.summaryEvent) {
    const { durationSeconds, resourceChanges } = event.summaryEvent;
    return { kind: "summary", durationSeconds, changes: { ...resourceChanges } };
  }
  return undefined;
}

/** The stack's outputs, which the engine reports as those of the root resource before the CLI ends. */
function rootOutputs(event: EngineEvent): Record<string, unknown> | undefined {
  const metadata = event.resOutputsEvent?.metadata;
  if (metadata?.type !== "pulumi:pulumi:Stack") return undefined;
  return metadata.new?.outputs;
}

/** The engine's lines for what a command prints are gone as soon as they were shown: it stands in the command's outputs. */
function remarksOf({ resOutputsEvent }: EngineEvent): Remark[] {
  const { type, op, new: made } = resOutputsEvent?.metadata ?? {};
  if (type !== "command:local:Command" || !RUNS_A_COMMAND.includes(String(op))) return [];
  return remarksIn(String(made?.outputs?.stdout ?? ""));
}

function resourceEvent(
  step: "started" | "done" | "failed",
  { op, urn, type }: { readonly op: string; readonly urn: string; readonly type: string },
): OperationEvent | undefined {
  if (type.startsWith("pulumi:")) return undefined;
  const name = urn.split("::").at(-1) ?? urn;
  return { kind: "resource", step, op, resource: `${type.split(":").at(-1)} ${name}` };
}

/** Diagnostics carry the terminal's colour marks of the CLI. */
function plain(message: string): string {
  return message.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
}
