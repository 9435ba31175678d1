// Killing somebody at a moment of a lifecycle call, and letting Berth go on from there.
import { API_KEY } from "../berth.ts";
import type { LifecycleCall } from "./calls.ts";
import { kill, type Victim } from "./processes.ts";
import type { Point } from "./pulumi-wrapper.ts";
import type { Server } from "./server.ts";
import { untilSettled } from "./settled.ts";

/** When: as an entry of the operation's log appears, or while pulumi is held at a point. */
export type Moment = { readonly event: string } | { readonly point: Point };

export interface Strike {
  readonly call: LifecycleCall;
  readonly moment: Moment;
  readonly victim: Victim;
}

/** Commands of the CLI that carry out a call. */
const COMMANDS: Readonly<Record<LifecycleCall, readonly string[]>> = {
  activate: ["up"],
  redeploy: ["up"],
  stop: ["up"],
  delete: ["destroy"],
};

/** Brings a paid slot to where the call is allowed. */
export async function slotFor(server: Server, call: LifecycleCall): Promise<string> {
  const id = await server.buy();
  await untilSettled(server, id);
  const before = {
    activate: [],
    stop: ["activate"],
    delete: ["activate"],
    redeploy: ["activate", "stop"],
  } as const;
  for (const earlier of before[call]) {
    await accepted(server, id, earlier);
    await untilSettled(server, id);
  }
  return id;
}

/**
 * Makes the call, kills the victim at that moment, and starts the server again if it was hit.
 * @returns whether the moment came before the call's operation had ended
 */
export async function strike(server: Server, id: string, { call, moment, victim }: Strike): Promise<boolean> {
  if ("event" in moment) {
    await accepted(server, id, call);
    const hasCome = await logSays(server, id, moment.event);
    await hit(server, victim);
    return hasCome;
  }
  return whileHeld(server, id, call, moment.point, () => hit(server, victim));
}

/**
 * Makes the call and does something while pulumi is held at that point; then the CLI goes on, if it still lives.
 * @returns whether the point was reached
 */
export async function whileHeld(
  server: Server,
  id: string,
  call: LifecycleCall,
  point: Point,
  act: () => Promise<void>,
): Promise<boolean> {
  server.pulumi.plan(point, COMMANDS[call]);
  try {
    const operationId = await accepted(server, id, call);
    const isHeld = await server.pulumi.isHeld(async () => {
      const { operation } = await server.status(id);
      return operation?.id === operationId && operation.finishedAt !== null;
    });
    if (isHeld) await act();
    return isHeld;
  } finally {
    server.pulumi.go();
  }
}

/** Makes a call that has to be taken on. */
export async function accepted(server: Server, id: string, call: LifecycleCall): Promise<string> {
  const { status, body } = await server.lifecycle(id, call);
  if (status !== 202) throw new Error(`${call} was refused: ${JSON.stringify(body)}`);
  return String(body.data?.operationId);
}

async function hit(server: Server, victim: Victim): Promise<void> {
  const killed = await kill(server.folder, victim);
  // What was held and lives goes on: the next server meets it at work.
  server.pulumi.go();
  await server.restartIfKilled(killed);
}

/** Waits for an entry of the log, e.g. `Container assistant started`; false if the operation ends without it. */
async function logSays(server: Server, id: string, entry: string): Promise<boolean> {
  const headers = { "X-API-Key": API_KEY };
  const response = await fetch(`${server.url}/api/v1/assistants/${id}/events`, { headers });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (entriesOf(text).includes(entry)) return true;
  }
  return false;
}

/** What an operation's log says so far, an entry each: resource and step, or `summary`. */
function entriesOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.startsWith("data: ") && line.endsWith("}"));
  return lines.map((line) => {
    const { kind, resource, step } = JSON.parse(line.slice(6)) as Record<string, string>;
    return kind === "resource" ? `${resource} ${step}` : `${kind}`;
  });
}
