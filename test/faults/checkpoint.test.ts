// A damaged checkpoint: what a full disk, a power cut or a bad copy leaves of a stack's state.
import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";

let server: Server;
beforeAll(async () => {
  server = await Server.start(70);
});
afterAll(async () => server.close());

describe.each([
  ["half of a checkpoint", 0.5],
  ["an empty checkpoint", 0],
])("%s", (_what, part) => {
  it("redeploy fails with a cause; with the copy before it put back, redeploy works", async () => {
    const id = await damaged(part);
    await accepted(server, id, "redeploy");
    const failed = await untilSettled(server, id);
    expect(failed.status).toBe("failed");
    expect(failed.operation?.error?.message).toMatch(/\w{3}/);
    restore(id);
    await accepted(server, id, "redeploy");
    expect(await assertSettled(server, id, "active"), "the cause of a failure").toBeUndefined();
  });

  it("delete works, or says what to do and works after that", async () => {
    const id = await damaged(part);
    await accepted(server, id, "delete");
    const first = await untilSettled(server, id);
    if (first.status === "failed") {
      expect(first.operation?.error?.message).toMatch(/checkpoint|state|\.bak|backup|restore/i);
      restore(id);
      await accepted(server, id, "delete");
    }
    await assertSettled(server, id, "deleted");
  });
});

/** An active deployment whose checkpoint is cut to that part of its length. */
async function damaged(part: number): Promise<string> {
  const id = await slotFor(server, "stop");
  truncateSync(checkpoint(id), Math.floor(readFileSync(checkpoint(id)).length * part));
  return id;
}

/** What an operator does: Pulumi keeps the checkpoint before the last one beside it. */
function restore(id: string): void {
  copyFileSync(`${checkpoint(id)}.bak`, checkpoint(id));
}

function checkpoint(id: string): string {
  return join(server.dataDir, "state/.pulumi/stacks/berth", `${id}.json`);
}
