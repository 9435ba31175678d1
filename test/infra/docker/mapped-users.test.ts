// A restore on an engine that maps users: what it reads back belongs to others than what it was given. With an engine that
// is made up; a real one, with userns-remap, was tried by hand.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IMAGE_UID, STATE_PATH } from "../../../infra/assistant/image-contract.ts";
import { ownedBy } from "../../../infra/backups/tar-owner.ts";
import { fillVolume } from "../../../infra/docker/volume.ts";

const FIRST_ON_HOST = 300_000;
const VOLUME = { deploymentId: crypto.randomUUID(), image: "assistant" };
const signal = new AbortController().signal;

let folder: string;
let engine: Server;
/** What the engine reads back. */
let back: Buffer;
let removed: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "berth-mapped-"));
  removed = [];
  engine = createServer(async (request, response) => {
    await buffer(request);
    const { method, url = "" } = request;
    if (method === "DELETE") removed.push(url);
    if (method === "GET" && url.includes("/archive")) return response.end(back);
    const answer = url.includes("/create") ? { Id: "door" } : url.includes("/containers/json") ? [] : {};
    response.writeHead(method === "POST" ? 201 : 200, { "Content-Type": "application/json" });
    return response.end(JSON.stringify(answer));
  }).listen(join(folder, "socket"));
  await once(engine, "listening");
  vi.stubEnv("DOCKER_HOST", `unix://${join(folder, "socket")}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  engine.close();
  rmSync(folder, { recursive: true });
});

it("is whole, whomever it belongs to there", async () => {
  const archive = await archiveOf("mine");
  back = await buffer(ownedBy(FIRST_ON_HOST + IMAGE_UID, [archive]));
  await fillVolume(VOLUME, "fresh", [archive], signal);
  expect(removed.filter((url) => url.startsWith("/volumes/"))).toEqual([]);
});

it("is none with another content, and the volume goes", async () => {
  back = await archiveOf("else");
  await expect(fillVolume(VOLUME, "fresh", [await archiveOf("mine")], signal)).rejects.toThrow(
    "their content differs",
  );
  expect(removed.filter((url) => url.startsWith("/volumes/"))).toEqual(["/volumes/fresh"]);
});

async function archiveOf(content: string): Promise<Buffer> {
  const tar = pack();
  const name = STATE_PATH.split("/").at(-1) ?? "";
  const owner = { uid: IMAGE_UID, gid: IMAGE_UID };
  tar.entry({ name: `${name}/`, type: "directory", mode: 0o700, ...owner });
  tar.entry({ name: `${name}/note`, mode: 0o600, ...owner }, content);
  tar.finalize();
  return buffer(tar);
}
