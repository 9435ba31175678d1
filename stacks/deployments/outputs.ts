// The stack's outputs, the only source of `active`: parsed before they are believed.
import { z } from "zod";
import type { AssistantOutputs } from "../../infra/args.ts";
import { counted } from "../../infra/sentences.ts";

const Outputs = z.object({
  status: z.enum(["active", "stopped", "waiting"]),
  replicas: z.union([z.literal(0), z.literal(1)]),
  containerId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  endpoint: z
    .string()
    .nullish()
    .transform((endpoint) => endpoint ?? null),
  image: z.string(),
  network: z.string(),
  volume: z.string(),
  taskDefinition: z.string().optional(),
});

/** What a stack is to report once it is brought up. */
interface Reported {
  readonly replicas: 0 | 1;
  /** Whether its assistant is to wait for its activation. */
  readonly isWaiting?: boolean | undefined;
}

/** @throws Error when the stack did not report what was asked for: it is never called active on trust. */
export function parseOutputs(reported: unknown, { replicas, isWaiting = false }: Reported): AssistantOutputs {
  const parsed = Outputs.safeParse(reported);
  if (!parsed.success)
    throw new Error(`The stack reported incomplete outputs: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.replicas !== replicas) {
    throw new Error(`The stack reported ${counted(parsed.data.replicas, "replica")} instead of ${replicas}.`);
  }
  if (isWaiting !== (parsed.data.status === "waiting"))
    throw new Error(`The stack reported that its assistant is ${parsed.data.status}.`);
  return parsed.data;
}

/** The outputs of a record; undefined if it has none that can be believed. */
export function recordedOutputs(outputs: unknown): AssistantOutputs | undefined {
  return Outputs.safeParse(outputs).data;
}

/** Whether there is an assistant, by the record, that waits for its activation. */
export function isPrebooted({ outputs }: { readonly outputs: unknown }): boolean {
  return recordedOutputs(outputs)?.status === "waiting";
}

interface ShownOutputs extends AssistantOutputs {
  readonly status: "active" | "stopped";
}

/** What a client sees of them: an assistant that nobody has asked for is none. */
export function shownOutputs(outputs: unknown): ShownOutputs | undefined {
  const recorded = recordedOutputs(outputs);
  if (!recorded) return undefined;
  const { status } = recorded;
  if (status !== "waiting") return { ...recorded, status };
  return { ...recorded, status: "stopped", replicas: 0, containerId: null, endpoint: null };
}
