// The stack's outputs, the only source of `active`: parsed before they are believed.
import { z } from "zod";
import type { AssistantOutputs } from "../../infra/args.ts";

const Outputs = z.object({
  status: z.enum(["active", "stopped"]),
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

/** @throws Error when the stack did not report what was asked for: it is never called active on trust. */
export function parseOutputs(reported: unknown, replicas: 0 | 1): AssistantOutputs {
  const parsed = Outputs.safeParse(reported);
  if (!parsed.success)
    throw new Error(`The stack reported incomplete outputs: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.replicas !== replicas) {
    throw new Error(`The stack reported ${parsed.data.replicas} replicas where ${replicas} were asked for.`);
  }
  return parsed.data;
}

/** The outputs of a record; undefined if it has none that can be believed. */
export function recordedOutputs(outputs: unknown): AssistantOutputs | undefined {
  return Outputs.safeParse(outputs).data;
}
