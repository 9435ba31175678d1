// SIGKILL in the middle of an upgrade: it ends as asked or rolled back, and never has the old image the new one's data.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { inside } from "../support/docker.ts";
import { kill } from "../support/faults/processes.ts";
import { Server } from "../support/faults/server.ts";
import { assertConsistent, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { stateOf } from "../support/state-files.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const STATE = "/home/node/.openclaw";
const REPOSITORY = "berth-test/killed";

it("after an image that never gets well has eaten the data: rolled back, byte for byte", async () => {
  const images = await ensureTinyImages();
  const name = `${REPOSITORY}:eating`;
  execFileSync("docker", ["tag", images.healthy, name]);
  const settings = { BERTH_ASSISTANT_IMAGE: name, BERTH_STARTUP_TIMEOUT: "20" };
  const server = await Server.start(11, { settings });
  try {
    const id = await slotFor(server, "stop");
    inside(id, "sh", "-c", `echo mine > ${STATE}/notes.txt`);
    const before = await stateOf(id);
    execFileSync("docker", ["tag", images.eating, name]);
    await accepted(server, id, "redeploy");
    await untilTouched(id, `${STATE}/notes.txt`, "eaten");
    await kill(server.folder, "everything");
    await server.untilEnded();
    await server.start();
    const ended = await untilSettled(server, id);
    expect(ended, server.log).toMatchObject({
      status: "active",
      operation: { error: { code: "UPGRADE_ROLLED_BACK" } },
    });
    expect(await stateOf(id)).toEqual(before);
    await assertConsistent(server, id, ended);
  } finally {
    await server.close();
    execFileSync("docker", ["rmi", name], { stdio: "ignore" });
  }
});

it("while the healthy one comes up: it goes on from the data as they were before", async () => {
  const images = await ensureTinyImages();
  const name = `${REPOSITORY}:newer`;
  execFileSync("docker", ["tag", images.healthy, name]);
  const server = await Server.start(11, { settings: { BERTH_ASSISTANT_IMAGE: name } });
  try {
    const id = await slotFor(server, "stop");
    inside(id, "sh", "-c", `echo mine > ${STATE}/notes.txt`);
    execFileSync("docker", ["tag", images.newer, name]);
    await accepted(server, id, "redeploy");
    await untilTouched(id, `${STATE}/schema`, "2");
    await kill(server.folder, "everything");
    await server.untilEnded();
    await server.start();
    const ended = await untilSettled(server, id);
    expect(ended, server.log).toMatchObject({ status: "active", operation: { state: "succeeded" } });
    expect(inside(id, "cat", `${STATE}/notes.txt`, `${STATE}/schema`)).toBe("mine\n2\n");
    await assertConsistent(server, id, ended);
  } finally {
    await server.close();
    execFileSync("docker", ["rmi", name], { stdio: "ignore" });
  }
});

/** Asks the container that is there at the moment, running or not. */
async function untilTouched(id: string, file: string, content: string): Promise<void> {
  for (const deadline = Date.now() + 180_000; Date.now() < deadline; await sleep(20)) {
    try {
      const packed = execFileSync("docker", ["cp", `berth-${id}:${file}`, "-"], { stdio: "pipe" });
      if (execFileSync("tar", ["xO"], { input: packed, encoding: "utf8" }).startsWith(content)) return;
    } catch {
      // There is no container at this moment, or no such file.
    }
  }
  throw new Error(`${file} was never ${content}.`);
}
