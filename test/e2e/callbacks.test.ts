// Callbacks of real deployments: to the receiver of docs/examples, and through the death of the worker that sends them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  testEnvironment,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { freePort } from "../support/free-port.ts";
import { RECEIVER_HOST, startReceiver, TestAuthority } from "../support/receiver.ts";
import { settle, slotWithCallback } from "../support/settled.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "api/main.ts");

const authority = new TestAuthority();
const distrust = authority.trust();
const certificate = authority.issue(RECEIVER_HOST);
const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  distrust();
  authority.remove();
});

it("the example's receiver is told of a real activation and of the deletion", async () => {
  const port = await freePort();
  const tlsPort = await terminateTls(port);
  const berth = await startTestBerth(31, {
    BERTH_ASSISTANT_IMAGE: (await ensureTinyImages()).healthy,
    BERTH_CALLBACK_RESOLVE: `${RECEIVER_HOST}:${tlsPort}:127.0.0.1`,
  });
  cleanUps.push(() => berth.close());
  const id = await unpreparedSlot(berth);
  const { body } = await berth.call("GET", `${id}/callback-secret`);
  const said = await startExample(port, String(body.data?.secret));

  const callbackUrl = `https://${RECEIVER_HOST}:${tlsPort}/berth`;
  await berth.call("POST", `${id}/activate`, { ...ACTIVATION, callbackUrl });
  await waitForStatus(berth, id, "active");
  await expect.poll(said).toContain(`assistant.active ${id}`);
  const forged = await fetch(`http://127.0.0.1:${port}/berth`, { method: "POST", body: "{}" });
  expect(forged.status).toBe(400);

  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
  await expect.poll(said).toContain(`assistant.deleted ${id}`);
  await expect
    .poll(async () => (await berth.call("GET", `${id}/callbacks`)).body.data)
    .toMatchObject([
      { type: "assistant.deleted", state: "delivered" },
      { type: "assistant.active", state: "delivered" },
    ]);
});

it("a worker killed after it has sent and before that is recorded: the next one sends under the same id", async () => {
  const receiver = await startReceiver(certificate);
  cleanUps.push(() => receiver.close());
  const dataDir = await mkdtemp(join(tmpdir(), "berth-callbacks-"));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  const endpoint = receiver.endpoint((response, count) => {
    if (count > 1) response.writeHead(204).end();
  });
  const settings = { BERTH_CALLBACK_RESOLVE: receiver.pin };
  const before = await startTestBerth(32, { ...settings, BERTH_ROLE: "api" }, dataDir);
  const { sql } = before.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "activate");
  await settle(sql, id, "stop");
  await before.close();

  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...testEnvironment(32, dataDir, { ...settings, BERTH_ROLE: "worker" }),
      NODE_EXTRA_CA_CERTS: authority.file,
    },
    stdio: "ignore",
  });
  cleanUps.push(() => child.kill("SIGKILL"));
  await endpoint.until(1);
  await ended(child);

  const after = await startTestBerth(32, settings, dataDir);
  cleanUps.push(() => after.close());
  const received = await endpoint.until(3);
  const ids = received.map(({ headers }) => headers["webhook-id"]);
  expect(ids[1]).toBe(ids[0]);
  expect(received.map(({ body }) => JSON.parse(body).type)).toEqual([
    "assistant.active",
    "assistant.active",
    "assistant.stopped",
  ]);
});

async function ended(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}

/** Runs the receiver of docs/callbacks.md; returns what it has printed so far. */
async function startExample(port: number, secret: string): Promise<() => string> {
  const child = spawn(process.execPath, [join(ROOT, "docs/examples/receiver.mjs")], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: String(port), CALLBACK_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanUps.push(() => ended(child));
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  await expect.poll(() => said).toContain("listening");
  return () => said;
}

/** What stands before a receiver and has its certificate. */
async function terminateTls(to: number): Promise<number> {
  const server = createServer(certificate, (socket) => {
    const onward = connect(to, "127.0.0.1");
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) end.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => server.close());
  return (server.address() as AddressInfo).port;
}
