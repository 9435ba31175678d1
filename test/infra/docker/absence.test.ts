// Whether it is noticed that an engine ends, although one answers again at once: with a server in its place.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { noteAbsence } from "../../../infra/docker/absence.ts";

let folder: string;
let engine: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-absence-"));
  vi.stubEnv("DOCKER_HOST", `unix://${join(folder, "docker.sock")}`);
  await start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  end();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  engine = createServer((request, response) => {
    if (request.url?.startsWith("/events")) response.writeHead(200).flushHeaders();
    else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => engine.listen(join(folder, "docker.sock"), resolve));
}

function end(): void {
  engine.closeAllConnections();
  engine.close();
}

it("one that has ended has been away, although another answers by now", async () => {
  const absence = await noteAbsence();
  expect(absence.hasBeen()).toBe(false);
  end();
  await start();
  await expect.poll(absence.hasBeen).toBe(true);
  absence.end();
});

it("one that lives on has not, nor when it is looked at no more", async () => {
  const absence = await noteAbsence();
  absence.end();
  await expect.poll(() => connections(engine)).toBe(0);
  expect(absence.hasBeen()).toBe(false);
});

it("one that does not answer is an error", async () => {
  end();
  await expect(noteAbsence()).rejects.toThrow(/connect/);
});

function connections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}
