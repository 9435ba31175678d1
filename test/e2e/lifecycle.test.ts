// An assistant's whole life on real Docker through the real engine, with the tiny image.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seccompOption } from "../../infra/docker/seccomp/option.ts";
import {
  ACTIVATION,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { typedClient } from "../support/client.ts";
import { docker, inside, labelled, NOTHING, whileActive } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ONE = "/api/v1/assistants/{id}";

let berth: TestBerth;
let api: ReturnType<typeof typedClient>;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  berth = await startTestBerth(10, { BERTH_ASSISTANT_IMAGE: healthy });
  api = typedClient(berth);
});
afterAll(() => berth.close());

describe("one assistant's life", () => {
  let id: string;
  const named = () => ({ params: { path: { id } } });

  it("activate brings up one healthy container of its own", async () => {
    id = await paidSlot(berth);
    const { data: accepted } = await api.POST(`${ONE}/activate`, { ...named(), body: ACTIVATION });
    expect(accepted?.data).toEqual({
      deploymentId: id,
      status: "deploying",
      operationId: expect.any(String),
    });
    const status = await waitForStatus(berth, id, "active");
    expect(status).toMatchObject({
      status: "active",
      operation: {
        id: accepted?.data.operationId,
        kind: "activate",
        state: "succeeded",
        error: null,
      },
      outputs: { status: "active", replicas: 1, network: `berth-${id}`, volume: `berth-${id}` },
      drift: null,
    });
    const outputs = status.outputs as { endpoint: string; containerId: string };
    expect(await (await fetch(`${outputs.endpoint}/startupz`)).json()).toMatchObject({ status: "started" });
    const { Id } = await docker.getContainer(`berth-${id}`).inspect();
    expect(outputs.containerId).toBe(Id);
    await expect.poll(() => labelled(id)).toEqual(whileActive(id));
  });

  it("the container is hardened", async () => {
    const { Config, HostConfig } = await docker.getContainer(`berth-${id}`).inspect();
    const uid = 2_100_000_000 + Number(HostConfig.PortBindings?.["18789/tcp"]?.[0]?.HostPort);
    expect(Config).toMatchObject({ User: `${uid}:${uid}`, StopTimeout: 35 });
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", seccompOption()],
      Init: true,
      Memory: 64 * 1024 * 1024,
      MemorySwap: 64 * 1024 * 1024,
      RestartPolicy: { Name: "unless-stopped" },
    });
    expect(HostConfig.PortBindings?.["18789/tcp"]).toEqual([
      { HostIp: "127.0.0.1", HostPort: expect.any(String) },
    ]);
    expect(HostConfig.NanoCpus).toBe(500_000_000);
    const limits = inside(id, "sh", "-c", "ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc");
    expect(limits.trim().split("\n")).toEqual(["16384", "16384", "0", "0"]);
  });

  it("its secrets are in a file of its own, and neither in docker inspect, nor in Pulumi's state, nor in the database", async () => {
    const secrets = handedSecrets(id);
    expect(secrets.telegram).toMatch(new RegExp(`^\\d+:${BOT_SECRET}$`));
    expect(secrets.models).toEqual({ anthropic: MODEL_KEY });
    expect(secrets.gateway).toMatch(/^[0-9a-f]{64}$/);
    expect(inside(id, "sh", "-c", "stat -c '%a %u' /run/berth/*.json; busybox id -u")).toMatch(
      /^400 (\d+)\n\1\n$/,
    );
    expect(() => inside(id, "sh", "-c", "touch /run/berth/x")).toThrow();
    const { mode, uid } = await stat(join(berth.dataDir, "secrets", `${id}.json`));
    expect([mode & 0o777, uid]).toEqual([0o600, process.getuid?.()]);
    const inspected = JSON.stringify(await docker.getContainer(`berth-${id}`).inspect());
    const searched = [inspected, ...(await contents(berth.dataDir, ["secrets"]))];
    for (const canary of [BOT_SECRET, MODEL_KEY, secrets.gateway]) {
      expect(searched.filter((text) => text.includes(canary))).toEqual([]);
    }
  });

  it("its openclaw.json holds the model, and keeps what others wrote into it", async () => {
    const settings = JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json"));
    expect(settings.agents.defaults.model.primary).toBe(`${ACTIVATION.modelProvider}/${ACTIVATION.modelId}`);
    settings.agents.defaults.timezone = "UTC";
    inside(id, "sh", "-c", `printf %s '${JSON.stringify(settings)}' > /home/node/.openclaw/openclaw.json`);
    inside(id, "sh", "-c", "echo kept > /home/node/.openclaw/notes.txt");
  });

  it("the operation's log tells what the engine did", async () => {
    const response = await fetch(`${berth.url}/api/v1/assistants/${id}/events`, {
      headers: { "X-API-Key": "test-key-0123456789" },
    });
    const text = await response.text();
    expect(text).toMatch(/event: log\ndata: .*"op":"create".*"resource":"Container assistant"/);
    expect(text).toMatch(/event: end\ndata: .*"state":"succeeded"/);
  });

  it("GET /:id/stack shows Pulumi's own view", async () => {
    const { data: stack } = await api.GET(`${ONE}/stack`, named());
    expect(stack?.data).toMatchObject({
      name: id,
      outputs: { status: "active" },
      pendingOperations: 0,
      lastUpdate: { result: "succeeded" },
    });
    const types = stack?.data?.resources.map(({ type }) => type);
    expect(types?.sort()).toEqual([
      "command:local:Command",
      "command:local:Command",
      "docker:index/container:Container",
      "docker:index/network:Network",
      "docker:index/volume:Volume",
      "docker:index/volume:Volume",
    ]);
  });

  it("redeploy without a change keeps the very container", async () => {
    const before = (await docker.getContainer(`berth-${id}`).inspect()).Id;
    expect((await api.POST(`${ONE}/redeploy`, named())).response.status).toBe(202);
    await waitForStatus(berth, id, "active");
    expect((await docker.getContainer(`berth-${id}`).inspect()).Id).toBe(before);
  });

  it("stop removes the container and keeps data and network", async () => {
    expect((await api.POST(`${ONE}/stop`, named())).response.status).toBe(202);
    expect(await waitForStatus(berth, id, "stopped")).toMatchObject({
      status: "stopped",
      outputs: { status: "stopped", replicas: 0, containerId: null, endpoint: null },
    });
    expect(await labelled(id)).toEqual({
      containers: [],
      networks: [`berth-${id}`],
      volumes: [`berth-${id}`],
    });
    await expect(stat(join(berth.dataDir, "secrets", `${id}.json`))).rejects.toThrow("ENOENT");
  });

  it("patch and redeploy bring it back, changed, with its data and on its port", async () => {
    const { data: patched } = await api.PATCH(ONE, {
      ...named(),
      body: { name: "Updated Assistant Name", modelId: "claude-opus", modelApiKey: "sk-ant-other-key" },
    });
    expect(patched?.data).toMatchObject({ name: "Updated Assistant Name", modelApiKey: "…-key" });
    expect((await api.POST(`${ONE}/redeploy`, named())).response.status).toBe(202);
    await waitForStatus(berth, id, "active");
    expect(inside(id, "cat", "/home/node/.openclaw/notes.txt")).toBe("kept\n");
    expect(handedSecrets(id).models).toEqual({ anthropic: "sk-ant-other-key" });
    const settings = JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json"));
    expect(settings.agents.defaults).toMatchObject({
      model: { primary: "anthropic/claude-opus" },
      timezone: "UTC",
    });
  });

  it("delete leaves nothing behind", async () => {
    expect((await api.DELETE(ONE, named())).response.status).toBe(202);
    expect(await waitForStatus(berth, id, "deleted")).toMatchObject({
      status: "deleted",
      outputs: null,
    });
    expect(await labelled(id)).toEqual(NOTHING);
    expect((await api.GET(ONE, named())).error).toMatchObject({ error: { code: "NOT_FOUND" } });
    expect((await api.DELETE(ONE, named())).response.status).toBe(404);
    const left = await readdir(berth.dataDir, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile() && join(entry.parentPath, entry.name).includes(id))).toEqual(
      [],
    );
  });
});

it("several assistants are brought up and deleted side by side", async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => unpreparedSlot(berth)));
  await Promise.all(ids.map((id) => berth.call("POST", `${id}/activate`, ACTIVATION)));
  for (const id of ids) await waitForStatus(berth, id, "active");
  const endpoints = await Promise.all(
    ids.map(async (id) => (await berth.call("GET", `${id}/status`)).body.data?.outputs),
  );
  expect(new Set(endpoints.map((outputs) => (outputs as { endpoint: string }).endpoint)).size).toBe(4);
  await Promise.all(ids.map((id) => berth.call("DELETE", id)));
  for (const id of ids) {
    await waitForStatus(berth, id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
  }
});

it("delete while it is being activated cancels that and leaves nothing", async () => {
  const id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  const operation = async () => (await berth.call("GET", `${id}/status`)).body.data?.operation;
  await expect.poll(operation).toMatchObject({ kind: "activate", state: "running" });
  const accepted = await berth.call("DELETE", id);
  expect(accepted.status).toBe(202);
  const again = await berth.call("DELETE", id);
  expect(again.body.data?.operationId).toBe(accepted.body.data?.operationId);
  await waitForStatus(berth, id, "deleted");
  expect(await labelled(id)).toEqual(NOTHING);
});

/** Text of every file below a folder, but for the subfolders named. */
async function contents(folder: string, without: string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) => entry.isFile() && !without.some((name) => entry.parentPath.endsWith(`/${name}`)),
  );
  // One may be gone by now: the server runs.
  return Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), "latin1").catch(isGone)),
  );
}

function isGone(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
