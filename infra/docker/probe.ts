// Waits until an assistant's new container says that it has started, and limits its processes.
import { remarkLine } from "../assistant/remarks.mjs";
import type { ProgramEnd } from "../target-row.ts";
import { type GatewayPlace, untilGatewayListens } from "./gateway-listens.ts";
import { limitProcesses } from "./limit-processes.ts";
import { type Probe, untilStarted } from "./started.ts";

interface Asked extends Probe {
  readonly hasOwnRuntime: boolean;
  /** Whether nobody waits for it to start. */
  readonly isWaiting?: boolean;
  readonly gateway?: GatewayPlace;
}

/** @throws Error when it does not start in time, or keeps ending */
export async function probe(asked: Asked): Promise<ProgramEnd> {
  // The first thing of all: until then nothing but its memory bounds how often an assistant forks.
  const isLimited = await limitProcesses(asked.container).then(
    () => true,
    () => false,
  );
  if (!asked.isWaiting) await untilStarted(asked);
  // Its first request to a model would be refused.
  if (asked.gateway) await untilGatewayListens(asked.gateway);
  // It had just ended, and could not be limited. By now it runs.
  const stdout = isLimited ? "" : await limitOnceStarted(asked);
  return { exitCode: 0, stdout, stderr: "" };
}

/** A sandbox may refuse: its own kernel is what is filled then, not the host's. @returns what is to be remarked */
async function limitOnceStarted({ container, hasOwnRuntime }: Asked): Promise<string> {
  try {
    await limitProcesses(container);
    return "";
  } catch (error) {
    const { message } = error as Error;
    if (!hasOwnRuntime) throw new Error(`Its processes could not be limited (${message}).`);
    // Of the operator's set-up: the customer can do nothing about it.
    const remark = `This runtime does not let the number of processes be limited: ${message}`;
    return `${remarkLine({ code: null, message: remark })}\n`;
  }
}
