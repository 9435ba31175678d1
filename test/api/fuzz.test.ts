// The running server under calls that schemathesis makes of its document: no fault, no undocumented answer.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey } from "../support/accounts.ts";
import { API_KEY, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { signIn } from "../support/browser-calls.ts";
import { readDocument } from "../support/document.ts";
import { cells } from "../support/matrix.ts";
import { fuzz, hasPython, type Parameters } from "../support/schemathesis.ts";
import { SEED } from "../support/seed.ts";
import { settle, slotWithCallback } from "../support/settled.ts";

/** Two runs, as the tool is tried again when it fails itself. */
const TIMEOUT_MS = 900_000;

let berth: TestBerth;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-fuzz-"));
  berth = await startTestBerth(37, {
    BERTH_ROLE: "api",
    // Nothing is started: each call has a slot of its own, which takes a port and a subnet.
    BERTH_PORT_RANGE: "33000-33255",
    BERTH_SUBNET_POOL: "10.218.0.0/20",
    BERTH_RATE_READS: "0",
    BERTH_RATE_WRITES: "0",
    BERTH_RATE_WRONG_KEYS: "0",
  });
});
afterAll(async () => {
  await berth.close();
  await rm(folder, { recursive: true, force: true });
});

interface Extent {
  readonly phases: string;
  readonly maxExamples: number;
}

describe.skipIf(!hasPython())("schemathesis (needs Python 3.11)", () => {
  // Every bound of every input is two thousand calls more.
  it.each(
    cells<Extent>(
      [{ phases: "examples,fuzzing", maxExamples: 8 }],
      [{ phases: "examples,coverage,fuzzing", maxExamples: 15 }],
    ),
  )(`finds nothing by $phases, seed ${SEED}`, { timeout: TIMEOUT_MS }, async ({ phases, maxExamples }) => {
    const { outcome, calls, text } = await fuzz({
      url: berth.url,
      apiKey: API_KEY,
      seed: SEED,
      phases,
      maxExamples,
      parameters: things,
      folder,
    });
    console.log(`schemathesis made ${calls} calls with seed ${SEED}`);
    expect(outcome, text).toBe("nothing found");
    expect(calls).toBeGreaterThan(200);
    await expect.poll(async () => (await berth.call("GET", "/readyz")).status).toBe(200);
  });
});

/** Something of its own for each call that names one, so that none is in the way of another. */
async function things(): Promise<Parameters> {
  const { paths } = await readDocument(berth.url);
  const found: Record<string, Record<string, string>> = {};
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const names = await thing(path);
      if (names) found[`${method.toUpperCase()} ${path}`] = names;
    }
  }
  return found;
}

async function thing(path: string): Promise<Record<string, string> | undefined> {
  const { sql } = berth.installation;
  if (path.startsWith("/api/v1/keys/{id}")) return { id: (await newKey(berth, { account: "fuzzed" })).keyId };
  if (path.startsWith("/api/v1/sessions/")) {
    return { sessionId: (await signIn(berth.url, { apiKey: API_KEY })).sessionId };
  }
  if (path.startsWith("/checkout/")) {
    const { body } = await berth.call("POST", "purchase", { apiMode: "byok" });
    return { checkoutId: String(body.data?.checkoutUrl).split("/").at(-1) ?? "" };
  }
  if (!path.startsWith("/api/v1/assistants/{id}")) return undefined;
  if (!/events|callback/.test(path)) return { id: await paidSlot(berth) };
  // Its operation has ended, and so does the log; it has a callback to send again.
  const id = await slotWithCallback(sql, "https://example.com/");
  await settle(sql, id, "activate");
  const callback = await sql
    .selectFrom("callbacks")
    .select("id")
    .where("deployment_id", "=", id)
    .executeTakeFirstOrThrow();
  return path.includes("{callbackId}") ? { id, callbackId: callback.id } : { id };
}
