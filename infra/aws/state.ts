// An assistant's data on AWS: behind the access point of its service, and reached by tasks that carry it to S3 and back.

import { tooLarge } from "../backups/contents.ts";
import { type AssistantData, DataUntouched, type DataWanted } from "../target.ts";
import type { Foundation } from "./args.ts";
import { wordsOf } from "./clients.ts";
import { ServiceSwitch } from "./halt.ts";
import { carry, type Order, TooManyPieces, type Watch } from "./transfer/carry.ts";
import { endTransfers } from "./transfer/end.ts";
import { inPieces } from "./transfer/pieces.mjs";
import { TransferStore } from "./transfer/store.ts";

/** Held in memory, here and in the task. */
const PIECE_BYTES = 64 * 1024 * 1024;
/** The addresses of so many fit into a secret. */
const MOST_PIECES = 500;

export function ecsState(
  foundation: Foundation,
  { deploymentId, maxBytes }: DataWanted,
  { pollMs = 3_000, pieceBytes = Math.max(PIECE_BYTES, Math.ceil(maxBytes / MOST_PIECES)) } = {},
): AssistantData {
  const assistant = new ServiceSwitch(foundation, deploymentId, pollMs);
  /** To be asked for before anything else: what a dead process has left may be carrying. */
  const begin = async () => {
    const { transfer } = foundation;
    if (!transfer) throw new Error("The foundation has no bucket for backups. Run: npm run berth -- aws up");
    const service = await assistant.find();
    if (!service) throw new Error("The assistant's service is gone. Stop it, or redeploy it, first.");
    await assistant.untilQuiet(service);
    await endTransfers(foundation, deploymentId, pollMs);
    const store = new TransferStore(foundation, transfer.bucket, deploymentId);
    await store.clear();
    const parts = { foundation, transfer, deploymentId, pollMs };
    return { store, carry: (order: Order, watch: Watch) => carry(parts, service, order, watch) };
  };
  return {
    halt: () => assistant.halt(),
    start: () => assistant.start(),
    untilStarted: (_endpoint, timeoutSeconds) => assistant.untilHealthy(timeoutSeconds),
    async *read(signal) {
      const { store, carry } = await begin();
      try {
        const urls = await store.addresses("PUT", Math.floor(maxBytes / pieceBytes) + 1);
        await carry({ direction: "out", urls, pieceBytes }, { signal });
        yield* store.read(signal);
      } catch (error) {
        throw error instanceof TooManyPieces ? tooLarge(maxBytes) : inWords(error);
      } finally {
        await clear(store);
      }
    },
    async replace(archive, signal) {
      const { store, carry } = await begin();
      let isTouched = false;
      const onTouched = () => {
        isTouched = true;
      };
      try {
        let count = 0;
        for await (const piece of inPieces(archive, pieceBytes)) await store.put(count++, piece, signal);
        const urls = await store.addresses("GET", count);
        await carry({ direction: "in", urls, pieceBytes }, { signal, onTouched });
      } catch (error) {
        if (isTouched) throw inWords(error);
        throw new DataUntouched(wordsIn(error), { cause: error });
      } finally {
        await clear(store);
      }
    },
  };
}

/** What is done is done: objects that can't be removed now are by the next transfer, or by the bucket after a day. */
async function clear(store: TransferStore): Promise<void> {
  await store.clear().catch(() => {});
}

/** S3's refusals say what they are by their names alone. */
function inWords(error: unknown): unknown {
  return isOfAws(error) ? new Error(wordsOf(error), { cause: error }) : error;
}

function wordsIn(error: unknown): string {
  return isOfAws(error) || !(error instanceof Error) ? wordsOf(error) : error.message;
}

function isOfAws(error: unknown): boolean {
  return error instanceof Error && "$fault" in error;
}
