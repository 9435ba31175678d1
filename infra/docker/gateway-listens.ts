// Whether the model gateway listens on an assistant's bridge yet: it notices a new bridge a moment after it is there.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const ASK_AGAIN_MS = 100;
const ANSWER_TIMEOUT_MS = 2_000;
/** Longer than a gateway of a busy machine takes. One that is away is warned of in the status. */
const WAIT_MS = 30_000;

export interface GatewayPlace {
  readonly address: string;
  readonly port: number;
}

/** Waits until somebody listens there, or for so long. @returns whether somebody does */
export async function untilGatewayListens(place: GatewayPlace, waitMs = WAIT_MS): Promise<boolean> {
  for (const deadline = performance.now() + waitMs; ; await sleep(ASK_AGAIN_MS)) {
    if (await isListening(place)) return true;
    if (performance.now() > deadline) return false;
  }
}

function isListening({ address: host, port }: GatewayPlace): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: ANSWER_TIMEOUT_MS });
  socket
    .once("connect", () => resolve(true))
    .once("timeout", () => resolve(false))
    .once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
