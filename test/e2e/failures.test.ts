// What goes wrong is told where it is looked for, loses nothing, and can be repeated when its cause is gone.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as raw } from "kysely";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readConfig } from "../../api/config/config.ts";
import { startBerth } from "../../api/server.ts";
import type { Occupied } from "../../infra/found.ts";
import type { Place } from "../../infra/target.ts";
import { openTarget } from "../../infra/targets.ts";
import {
  ACTIVATION,
  paidSlot,
  startTestBerth,
  testTools,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, labelled, NOTHING } from "../support/docker.ts";
import { putEmptyDatabase } from "../support/empty-database.ts";
import { cells, itAtLength } from "../support/matrix.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

let images: Awaited<ReturnType<typeof ensureTinyImages>>;
beforeAll(async () => {
  images = await ensureTinyImages();
});

interface Doomed {
  readonly name: string;
  readonly slice: number;
  readonly environment: () => Record<string, string>;
  readonly code: string;
  readonly says: string;
}

const DOOMED: readonly Doomed[] = [
  {
    name: "a missing image",
    slice: 14,
    environment: () => ({ BERTH_ASSISTANT_IMAGE: "berth-test/not-there:1" }),
    code: "IMAGE_UNAVAILABLE",
    says: "berth-test/not-there:1",
  },
  {
    name: "an image that is no assistant",
    slice: 36,
    environment: () => ({ BERTH_ASSISTANT_IMAGE: images.webserver, BERTH_STARTUP_TIMEOUT: "15" }),
    code: "IMAGE_UNFIT",
    says: "GET /startupz gave 404 no JSON",
  },
];
/** Upgrades to such images end with the same causes, and are in upgrade.test.ts; a crash of what ran is in drift.test.ts. */
const ALSO_DOOMED: readonly Doomed[] = [
  {
    name: "an image that ends at once",
    slice: 16,
    environment: () => ({ BERTH_ASSISTANT_IMAGE: images.crashing }),
    code: "CRASHED",
    says: "crashing on purpose",
  },
  {
    name: "an image that never gets healthy",
    slice: 15,
    environment: () => ({ BERTH_ASSISTANT_IMAGE: images.unhealthy, BERTH_STARTUP_TIMEOUT: "5" }),
    code: "NOT_READY",
    says: "within 5 s",
  },
];

describe.each(cells(DOOMED, ALSO_DOOMED))("$name", ({ slice, environment, code, says }) => {
  it("is a failed operation with a cause, and can be deleted", async () => {
    const berth = await startTestBerth(slice, environment());
    try {
      const id = await unpreparedSlot(berth);
      await berth.call("POST", `${id}/activate`, ACTIVATION);
      const status = await waitForStatus(berth, id, "failed");
      expect(status).toMatchObject({ status: "failed", operation: { state: "failed", error: { code } } });
      const { message } = (status.operation as { error: { message: string } }).error;
      expect(message).toMatch(/redeploy/i);
      expect(message).toContain(says);
      expect(message).not.toMatch(/--event-log|--exec-kind/);
      await berth.call("DELETE", id);
      await waitForStatus(berth, id, "deleted");
      expect(await labelled(id)).toEqual(NOTHING);
    } finally {
      await berth.close();
    }
  });
});

// An engine that is away at the start is in no-engine.test.ts, too.
itAtLength("a dead Docker engine: still a paid slot, then activate works when it is back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "berth-engine-"));
  const settings = { BERTH_ASSISTANT_IMAGE: images.healthy };
  let berth = await startTestBerth(
    14,
    { ...settings, DOCKER_HOST: "unix:///nonexistent/docker.sock" },
    folder,
  );
  try {
    const id = await unpreparedSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    const refused = await waitForStatus(berth, id, "purchased");
    expect(refused).toMatchObject({
      operation: {
        kind: "activate",
        error: {
          code: "ENGINE_UNAVAILABLE",
          message: expect.stringMatching(/^Nothing was touched: the deployment is purchased as before\./),
        },
      },
    });
    await berth.close();
    berth = await startTestBerth(14, settings, folder);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
  } finally {
    await berth.close();
    await rm(folder, { recursive: true, force: true });
  }
});

it("a wrong passphrase: nothing is touched, and the call works with the right one", async () => {
  const berth = await startTestBerth(15, { BERTH_ASSISTANT_IMAGE: images.healthy });
  const file = join(berth.dataDir, "passphrase");
  const right = await readFile(file, "utf8");
  try {
    const id = await paidSlot(berth);
    // The slot's preparation makes the stack, with the right one.
    await vi.waitUntil(async () => (await berth.call("GET", `${id}/stack`)).body.data?.lastUpdate, {
      timeout: 300_000,
      interval: 300,
    });
    await writeFile(file, "another passphrase\n");
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    expect(await waitForStatus(berth, id, "purchased")).toMatchObject(refusedAs("activate", "purchased"));
    await writeFile(file, right);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    const { outputs } = await waitForStatus(berth, id, "active");
    await writeFile(file, "another passphrase\n");
    await berth.call("POST", `${id}/stop`);
    const kept = await waitForStatus(berth, id, "active");
    expect(kept).toMatchObject({ ...refusedAs("stop", "active"), outputs });
    await writeFile(file, right);
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
  } finally {
    await berth.close();
  }
});

function refusedAs(kind: string, status: string) {
  const message = expect.stringContaining(`Nothing was touched: the deployment is ${status} as before.`);
  return { operation: { kind, state: "failed", error: { code: "WRONG_PASSPHRASE", message } } };
}

type See = (found: readonly Occupied[]) => readonly Occupied[];
// One that is passed over is in rehearsal.test.ts, too.
it.each(
  cells<[what: string, see: See]>(
    [["that is found late costs the operation another try alone", () => []]],
    [["is passed over", (found) => found]],
  ),
)("a host port that is taken %s: active in another place", async (_what, see) => {
  const berth = await startTestBerth(16, { BERTH_ASSISTANT_IMAGE: images.healthy });
  const squatter = createServer();
  try {
    const { portRange } = readConfig(berth.environment).stacks;
    await new Promise<void>((resolve) => squatter.listen(portRange.first, "127.0.0.1", resolve));
    const target = await openTarget(berth.installation.settings.places[0] as Place);
    const { occupied } = target;
    target.occupied = async (ports) => see(await occupied(ports));
    const id = await unpreparedSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    const active = await waitForStatus(berth, id, "active");
    expect(active).toMatchObject({
      operation: { kind: "activate", state: "succeeded" },
      outputs: { endpoint: `http://127.0.0.1:${portRange.first + 1}` },
    });
    const { rows } = await raw`select from operations where attempt > 1`.execute(berth.installation.sql);
    expect(rows).toEqual([]);
    const { IPAM } = await docker.getNetwork(`berth-${id}`).inspect();
    expect(IPAM?.Config?.[0]?.Subnet).toMatch(/\.16\/28$/);
    expect((await docker.getContainer(`berth-${id}`).inspect()).State.Running).toBe(true);
  } finally {
    squatter.close();
    await berth.close();
  }
});

describe("start-up", () => {
  it("a busy port is refused with what to do, and the data folder is free again", async () => {
    const first = await startTestBerth(5, { BERTH_ROLE: "api" });
    const folder = await mkdtemp(join(tmpdir(), "berth-port-"));
    try {
      const port = new URL(first.url).port;
      await putEmptyDatabase(folder);
      const config = readConfig({ ...first.environment, BERTH_DATA_DIR: folder, PORT: port });
      await expect(startBerth(config, testTools())).rejects.toThrow(
        `Port ${port} of 127.0.0.1 is used by another program`,
      );
      await (await startTestBerth(7, { BERTH_ROLE: "api" }, folder)).close();
    } finally {
      await first.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("a second process on the same embedded data folder is refused", async () => {
    const first = await startTestBerth(5, { BERTH_ROLE: "api" });
    await expect(startTestBerth(7, { BERTH_ROLE: "api" }, first.dataDir)).rejects.toThrow(
      "in use by another Berth process",
    );
    await first.close();
  });

  it("every wrong setting is named at once", () => {
    const wrong = {
      PORT: "x",
      BERTH_ROLE: "boss",
      BERTH_PORT_RANGE: "9-1",
      BERTH_SUBNET_POOL: "8.8.8.0/24",
      BERTH_API_KEY: "short",
    };
    expect(() => readConfig(wrong)).toThrow(
      new RegExp(
        Object.keys(wrong)
          .toSorted()
          .reverse()
          .map((name) => `(?=[\\s\\S]*${name}: )`)
          .join(""),
      ),
    );
  });
});
