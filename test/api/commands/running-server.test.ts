// The operator's command without a server that it could ask.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { callServer } from "../../../api/commands/running-server.ts";
import { readConfig } from "../../../api/config/config.ts";

it("says what to do where no server has made the operator's key yet", async () => {
  const folder = await mkdtemp(join(tmpdir(), "berth-running-server-"));
  try {
    const config = readConfig({ BERTH_DATA_DIR: folder });
    await expect(callServer(config, "GET", "/api/v1/keys")).rejects.toThrow(
      /api-key.*The server makes that file at its first start: start Berth/s,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
