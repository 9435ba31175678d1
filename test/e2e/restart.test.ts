// Accepted means done: ended in the middle of an operation and started again, Berth carries it out. Kills are in faults.test.ts.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  ACTIVATION,
  API_KEY,
  paidSlot,
  startTestBerth,
  testEnvironment,
  waitForStatus,
} from "../support/berth.ts";
import { labelled, NOTHING, whileActive } from "../support/docker.ts";
import { putEmptyDatabase } from "../support/empty-database.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const MAIN = fileURLToPath(new URL("../../api/main.ts", import.meta.url));

it("SIGTERM hands an operation back that can't end in time; the next start carries it out", async () => {
  const { unhealthy } = await ensureTinyImages();
  const settings = { BERTH_ASSISTANT_IMAGE: unhealthy, BERTH_STARTUP_TIMEOUT: "100" };
  await endsWhile("Command readiness", { slice: 27, settings }, async (server) => {
    const exited = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    expect(await Promise.race([exited, sleep(300_000, "still running")])).toBe(0);
  });
});

it("of what waits for one deployment only the latest is carried out", async () => {
  const { healthy } = await ensureTinyImages();
  const folder = await mkdtemp(join(tmpdir(), "berth-restart-"));
  const settings = { BERTH_ASSISTANT_IMAGE: healthy };
  try {
    // Nobody works here: what is asked for waits.
    const api = await startTestBerth(58, { ...settings, BERTH_ROLE: "api" }, folder);
    const id = await paidSlot(api);
    await api.call("POST", `${id}/activate`, ACTIVATION);
    await api.close();

    const berth = await startTestBerth(58, settings, folder);
    try {
      await waitForStatus(berth, id, "active");
      const { body } = await berth.call("GET", `${id}/operations`);
      expect(body.data).toMatchObject([
        { kind: "activate", state: "succeeded" },
        { kind: "prepare", state: "cancelled" },
      ]);
      await berth.call("DELETE", id);
      await waitForStatus(berth, id, "deleted");
    } finally {
      await berth.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** A server that is ended while its activate works on that resource; another one, with a healthy image, goes on. */
async function endsWhile(
  resource: string,
  { slice, settings }: { readonly slice: number; readonly settings: Record<string, string> },
  end: (server: ChildProcess, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "berth-restart-"));
  await putEmptyDatabase(folder);
  const port = String(18_440 + slice);
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [MAIN], {
    env: testEnvironment(slice, folder, { ...settings, PORT: port }),
    stdio: "ignore",
  });
  let berth: Awaited<ReturnType<typeof startTestBerth>> | undefined;
  try {
    const id = await boughtFrom(url);
    await post(url, `${id}/activate`, ACTIVATION);
    await untilLogSays(url, id, resource);
    await end(server, folder);

    const { healthy } = await ensureTinyImages();
    berth = await startTestBerth(slice, { BERTH_ASSISTANT_IMAGE: healthy }, folder);
    await waitForStatus(berth, id, "active");
    await expect.poll(() => labelled(id)).toEqual(whileActive(id));
    const { body } = await berth.call("GET", `${id}/stack`);
    expect(body.data).toMatchObject({ pendingOperations: 0, outputs: { status: "active" } });
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
  } finally {
    await kill(server, folder);
    await berth?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function post(url: string, path: string, body: unknown): Promise<Record<string, string>> {
  const response = await fetch(`${url}/api/v1/assistants/${path}`, {
    method: "POST",
    headers: { "X-API-Key": API_KEY, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return ((await response.json()) as { data: Record<string, string> }).data;
}

/** Waits for the server to listen. */
async function boughtFrom(url: string): Promise<string> {
  for (const deadline = Date.now() + 300_000; ; await sleep(100)) {
    const slot = await post(url, "purchase", { apiMode: "byok" }).catch(() => undefined);
    if (slot?.checkoutUrl) {
      await fetch(slot.checkoutUrl, { method: "POST" });
      return slot.deploymentId ?? "";
    }
    if (Date.now() > deadline) throw new Error("Berth did not start.");
  }
}

async function untilLogSays(url: string, id: string, resource: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/assistants/${id}/events`, {
    headers: { "X-API-Key": API_KEY },
  });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes(`"resource":"${resource}"`)) return;
  }
  throw new Error(`The log never said ${resource}: ${text}`);
}

/** Kills the server and, if a data folder is given, every process that works on it. */
async function kill(server: ChildProcess, folder: string | undefined): Promise<void> {
  const pids = folder ? await processesOf(folder) : [];
  for (const pid of [...(server.pid ? [server.pid] : []), ...pids]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")).includes(folder) ? [pid] : [],
    ),
  );
  return found.flat();
}
