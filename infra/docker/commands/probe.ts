// Readiness probe, run by the stack's command resource: exits 0 once the assistant says it has started.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { json } from "node:stream/consumers";
import { remarkLine } from "../../assistant/remarks.mjs";
import { errorSentence } from "../../error-sentence.ts";
import { type GatewayPlace, untilGatewayListens } from "../gateway-listens.ts";
import { limitProcesses } from "../limit-processes.ts";
import { type Probe, untilStarted } from "../started.ts";

const probe = (await json(process.stdin)) as Probe & {
  readonly hasOwnRuntime: boolean;
  readonly gateway?: GatewayPlace;
};

try {
  // The first thing of all: until then nothing but its memory bounds how often an assistant forks.
  const isLimited = await limitProcesses(probe.container).then(
    () => true,
    () => false,
  );
  await untilStarted(probe);
  // Its first request to a model would be refused.
  if (probe.gateway) await untilGatewayListens(probe.gateway);
  // It had just ended, and could not be limited. By now it runs.
  if (!isLimited) await limitProcesses(probe.container).catch(goOnWithoutLimit);
} catch (error) {
  process.stderr.write(`${errorSentence(error)}\n`);
  process.exit(1);
}

/** A sandbox may refuse: its own kernel is what is filled then, not the host's. */
function goOnWithoutLimit({ message }: Error): void {
  if (!probe.hasOwnRuntime) throw new Error(`Its processes could not be limited (${message}).`);
  // Of the operator's set-up: the customer can do nothing about it.
  const remark = `This runtime does not let the number of processes be limited: ${message}`;
  process.stdout.write(`${remarkLine({ code: null, message: remark })}\n`);
}
