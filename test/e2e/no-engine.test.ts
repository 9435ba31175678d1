// Without a Docker engine, with a dead proxy and without a home, `npm start` serves what needs none, says what is missing,
// and works as soon as an engine answers. Its data folder and its state have characters that URLs write otherwise.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import {
  ACTIVATION,
  type Answer,
  API_KEY,
  paidSlot,
  testEnvironment,
  waitForStatus,
} from "../support/berth.ts";
import { EngineProxy } from "../support/engine-proxy.ts";
import { freePort } from "../support/free-port.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const MAIN = fileURLToPath(new URL("../../api/main.ts", import.meta.url));

it("starts, says why in three lines, and carries an activation out once an engine answers", async () => {
  const { healthy } = await ensureTinyImages();
  const folder = await mkdtemp(join(tmpdir(), "berth-no-engine-"));
  const engine = new EngineProxy(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...testEnvironment(37, join(folder, "josé %41#x:y z"), {
        PORT: String(port),
        HOME: join(folder, "none"),
        XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"),
        DOCKER_HOST: engine.host,
        http_proxy: "http://127.0.0.1:9",
        https_proxy: "http://127.0.0.1:9",
        BERTH_ASSISTANT_IMAGE: healthy,
        LOG_LEVEL: "warn",
      }),
    },
  });
  let said = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(path.startsWith("/") ? url + path : `${url}/api/v1/assistants/${path}`, {
      method,
      headers: { "X-API-Key": API_KEY, ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
  const berth = { call };
  try {
    await vi.waitUntil(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok, {
      timeout: 300_000,
      interval: 200,
    });
    expect((await call("GET", "/readyz")).body).toMatchObject({ ok: false, parts: { engine: "away" } });
    const lines = () =>
      said.split("\n").filter((line) => /Berth has no Docker engine|Ways out|starts all the same/.test(line));
    await expect.poll(lines).toHaveLength(3);
    expect(said).toContain(engine.host);
    expect(said.split(`{"level"`)[0]).not.toContain("    at ");
    const id = await paidSlot(berth);
    await vi.waitUntil(() => said.includes("The proxy 127.0.0.1:9 that http_proxy names does not answer"), {
      timeout: 300_000,
    });
    await engine.open();
    await vi.waitUntil(async () => (await fetch(`${url}/readyz`)).ok, { timeout: 300_000, interval: 200 });
    await call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    await call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
  } finally {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    await engine.remove();
    await rm(folder, { recursive: true, force: true });
  }
});
