// The fake engine of the benches outlives calls that Berth gives up in the middle.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const HALF_A_CALL =
  'POST /containers/create HTTP/1.1\r\nHost: engine\r\nContent-Length: 100\r\n\r\n{"Labels":';

it("answers on after a call that was broken off", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-fake-engine-"));
  const [socketPath, world] = [join(folder, "socket"), join(folder, "world.json")];
  writeFileSync(world, "[]");
  const engine = fork(new URL("../bench/scale/fake-engine.ts", import.meta.url), [socketPath, world]);
  try {
    await once(engine, "message");
    const caller = connect(socketPath);
    caller.write(HALF_A_CALL);
    // Its answers are in the order of what was asked: by then it reads the body.
    await once(request({ socketPath, path: "/_ping" }).end(), "response");
    caller.destroy();
    await once(caller, "close");
    const [answer] = await once(request({ socketPath, path: "/containers/none/stats" }).end(), "response");
    expect(answer.statusCode).toBe(404);
    await expect.poll(() => engine.connected).toBe(true);
  } finally {
    engine.kill();
    rmSync(folder, { recursive: true });
  }
});
