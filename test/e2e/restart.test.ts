// Accepted means done: killed in the middle of an operation and started again, Berth carries it out.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { ACTIVATION, paidSlot, startTestBerth, waitForStatus } from "../support/berth.ts";
import { labelled, NOTHING, whileActive } from "../support/docker.ts";
import { type SpawnedBerth, spawnBerth } from "../support/spawned-berth.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

it.each([
  ["the server alone, early", 24, "server", "Network network"],
  ["everything, while the container is made", 25, "everything", "Container assistant"],
  ["everything, while it gets ready", 26, "everything", "Command readiness"],
] as const)(
  "SIGKILL of %s: activate is carried out after the restart",
  async (_name, slice, whom, resource) => {
    const { healthy } = await ensureTinyImages();
    const settings = { BERTH_ASSISTANT_IMAGE: healthy };
    await endsWhile(resource, { slice, settings }, (spawned) => spawned.kill(whom));
  },
);

it("SIGTERM hands an operation back that can't end in time; the next start carries it out", async () => {
  const { unhealthy } = await ensureTinyImages();
  const settings = { BERTH_ASSISTANT_IMAGE: unhealthy, BERTH_STARTUP_TIMEOUT: "100" };
  await endsWhile("Command readiness", { slice: 27, settings }, async ({ server }) => {
    const exited = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    expect(await Promise.race([exited, sleep(120_000, "still running")])).toBe(0);
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
  end: (spawned: SpawnedBerth) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "berth-restart-"));
  const spawned = await spawnBerth(slice, folder, settings);
  let berth: Awaited<ReturnType<typeof startTestBerth>> | undefined;
  try {
    const id = await paidSlot(spawned);
    await spawned.call("POST", `${id}/activate`, ACTIVATION);
    await spawned.untilWorkingOn(id, resource);
    await end(spawned);

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
    await spawned.kill("everything");
    await berth?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
