// What the fakes of the providers have billed for a key, and what Berth has counted for a deployment: the same by model.
import { expect, vi } from "vitest";
import type { Called } from "../berth.ts";
import type { World } from "./conversation.ts";

export interface Counted {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
}

/** A request's figures are written once it has ended, and an assistant asks a second model after it has answered. */
const SETTLED_MS = 180_000;

/** Of the models that answer, by their names, what was called with that key; requests that were refused among them. */
function billedTo(world: World, key: string): Record<string, Counted> {
  const bills: Record<string, Counted> = {};
  for (const { keys, turn, billed } of world.models.calls) {
    if (!turn || !Object.values(keys).some((value) => value.endsWith(key))) continue;
    const { requests, input, output } = bills[turn.model] ?? { requests: 0, input: 0, output: 0 };
    bills[turn.model] = {
      requests: requests + 1,
      input: input + (billed?.input ?? 0),
      output: output + (billed?.output ?? 0),
    };
  }
  return bills;
}

/** What Berth has counted, by model. */
export async function countedFor(berth: Called, id: string): Promise<Record<string, Counted>> {
  const { body } = await berth.call("GET", `${id}/usage?by=model`);
  const { rows } = body.data as unknown as { rows: (Counted & { model: string })[] };
  return Object.fromEntries(
    rows.map(({ model, requests, input, output }) => [model, { requests, input, output }]),
  );
}

/** Until what is counted of the models that answer is what was billed, to the token. */
export async function expectCounted(world: World, berth: Called, id: string, key: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const counted = await countedFor(berth, id);
      const billed = billedTo(world, key);
      expect(Object.keys(billed)).not.toEqual([]);
      expect(counted).toMatchObject(billed);
    },
    { timeout: SETTLED_MS, interval: 500 },
  );
}
