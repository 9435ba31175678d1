// SIGKILL while the assistant of a paid slot is started ahead, and while it takes over the settings of its activation.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { docker, inside } from "../support/docker.ts";
import { kill, type Victim } from "../support/faults/processes.ts";
import type { Point } from "../support/faults/pulumi-wrapper.ts";
import { Server } from "../support/faults/server.ts";
import { assertConsistent, assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, strike } from "../support/faults/strike.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const WITHIN_MS = 300_000;

let server: Server;
beforeAll(async () => {
  const { polling } = await ensureTinyImages();
  const settings = { BERTH_ASSISTANT_IMAGE: polling, BERTH_PREBOOT_MAX: "16" };
  server = await Server.start(97, { settings });
});
afterAll(async () => server?.close());

describe("the assistant is started ahead", () => {
  it.each<[victim: Victim, point: Point, command: string]>([
    ["everything", "after settings", "up"],
    ["server", "after assistant", "up"],
    ["everything", "after the end", "up"],
  ])("SIGKILL of %s, %s of `pulumi %s`: it waits, and is activated", async (victim, point, command) => {
    server.pulumi.plan(point, [command]);
    const id = await server.buy();
    const isHeld = await server.pulumi.isHeld(
      async () => (await server.status(id)).operation?.finishedAt != null,
    );
    expect(isHeld, server.log).toBe(true);
    const killed = await kill(server.folder, victim);
    server.pulumi.go();
    await server.restartIfKilled(killed);
    await untilSettled(server, id);
    await untilRunning(id);
    await accepted(server, id, "activate");
    await assertActivated(id);
  });
});

describe("it takes the settings of its activation", () => {
  it.each<[victim: Victim, point: Point]>([
    ["everything", "before the spawn"],
    ["everything", "during settings"],
    ["server", "during settings"],
    ["pulumi", "during settings"],
    ["everything", "during readiness"],
    ["everything", "after the end"],
  ])("SIGKILL of %s, %s: it is active with all of them", async (victim, point) => {
    const id = await server.buy();
    await untilSettled(server, id);
    await untilRunning(id);
    expect(await strike(server, id, { call: "activate", moment: { point }, victim })).toBe(true);
    await assertActivated(id);
  });
});

/** Active, of one container, with the bot and the key that it was given. */
async function assertActivated(id: string): Promise<void> {
  await assertSettled(server, id, "active");
  await assertConsistent(server, id, await untilSettled(server, id));
  const settings = JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json"));
  expect(settings.channels.telegram.enabled).toBe(true);
  const secrets = JSON.parse(inside(id, "cat", settings.secrets.providers.berth.path));
  expect(Object.keys(secrets.models)).toEqual(["anthropic"]);
  await server.lifecycle(id, "delete");
  await untilSettled(server, id);
}

async function untilRunning(id: string): Promise<void> {
  const isRunning = () =>
    docker
      .getContainer(resourceName(id))
      .inspect()
      .then(
        ({ State }) => State.Running,
        () => false,
      );
  await expect.poll(isRunning, { timeout: WITHIN_MS }).toBe(true);
}
