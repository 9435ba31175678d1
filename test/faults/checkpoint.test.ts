// A damaged checkpoint: what a full disk, a power cut or a bad copy leaves of a stack's state.
import { copyFileSync, readdirSync, readFileSync, renameSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";

let server: Server;
beforeAll(async () => {
  server = await Server.start(70);
});
afterAll(async () => server.close());

const CALLS = ["redeploy", "stop", "delete"] as const satisfies LifecycleCall[];

describe.each([
  ["half of a checkpoint", 0.5],
  ["an empty checkpoint", 0],
])("%s", (_what, part) => {
  it.each(CALLS)("%s goes on from the copy before it", async (call) => {
    const id = await slotFor(server, "stop");
    cut(checkpoint(id), part);
    await accepted(server, id, call);
    expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
  });

  it.each(["redeploy", "stop"] as const)(
    "without any copy %s touches nothing, and works with the state restored",
    async (call) => {
      const id = await slotFor(server, "stop");
      copyFileSync(checkpoint(id), join(server.folder, id));
      for (const file of [checkpoint(id), ...copies(id)]) cut(file, part);
      await accepted(server, id, call);
      const failed = await untilSettled(server, id);
      expect(failed).toMatchObject({ status: "active", operation: { error: { code: "STATE_DAMAGED" } } });
      renameSync(join(server.folder, id), checkpoint(id));
      await accepted(server, id, call);
      expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
    },
  );

  it("without any copy delete removes what is the deployment's", async () => {
    const id = await slotFor(server, "delete");
    for (const file of [checkpoint(id), ...copies(id)]) cut(file, part);
    await accepted(server, id, "delete");
    expect(await assertSettled(server, id, "deleted"), "the cause of a failure").toBeUndefined();
  });
});

function cut(file: string, part: number): void {
  truncateSync(file, Math.floor(readFileSync(file).length * part));
}

function checkpoint(id: string): string {
  return join(server.dataDir, "state/.pulumi/stacks/berth", `${id}.json`);
}

/** Pulumi's own, its history, and the one that Berth keeps. */
function copies(id: string): string[] {
  const folder = join(server.dataDir, "state/.pulumi/history/berth", id);
  const history = readdirSync(folder).map((name) => join(folder, name));
  return [`${checkpoint(id)}.bak`, `${checkpoint(id)}.whole`, ...history];
}
