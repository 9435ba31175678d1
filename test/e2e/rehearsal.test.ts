// The rehearsal of an operation at the start, with the real engine, the real Pulumi and the real assistants' image.
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { ensureAssistantImage } from "../../infra/docker/images/ensure.ts";
import { type Answer, startTestBerth, type TestBerth } from "../support/berth.ts";
import { docker } from "../support/docker.ts";
import { itAtLength } from "../support/matrix.ts";

const SLICE = 85;
/** Nothing has that name until the test says so. */
const IMAGE = `berth-test/rehearsal:${process.pid}`;
const ON = {
  BERTH_REHEARSAL: "on",
  BERTH_ASSISTANT_IMAGE: IMAGE,
  BERTH_ALLOW_SHARED_MODEL_KEYS: "no",
};
const FIRST_PORT = 31_000 + SLICE * 16;
/** The port of the last place, which a rehearsal would take. */
const PORT = FIRST_PORT + 15;

let folder: string;
let berth: TestBerth | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-rehearsal-"));
  const environment = { ...process.env };
  const logins = { configFile: join(folder, "none.json"), environment };
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment, logins });
});
afterAll(async () => {
  await berth?.close();
  await docker.getImage(IMAGE).remove();
  await rm(folder, { recursive: true, force: true });
});

const ready = async () =>
  (await (await fetch(`${berth?.url}/readyz`)).json()) as { parts: Record<string, string> };
const purchase = (): Promise<Answer> | undefined => berth?.call("POST", "purchase", { apiMode: "byok" });

it("that can't work sells nothing, says why, and passes as soon as it can; a port of somebody else's is passed over", async () => {
  const rival = createServer().listen(PORT, "127.0.0.1");
  berth = await startTestBerth(SLICE, ON, folder);
  expect(await ready()).toMatchObject({ ok: false, parts: { rehearsal: "away", engine: "ok" } });
  const refused = await purchase();
  expect(refused?.status).toBe(503);
  expect(refused?.body.error?.code).toBe("UNAVAILABLE");
  expect(refused?.body.error?.message).toMatch(
    /^Nothing was bought\. The assistants' image .* is not there yet/,
  );
  const [repo = "", tag = ""] = IMAGE.split(":");
  await docker.getImage(DEFAULT_ASSISTANT_IMAGE).tag({ repo, tag });
  const { data } = (await berth.call("GET", "/api/v1/doctor?rehearse=true")).body as unknown as {
    data: { findings: { check: string }[] }[];
  };
  expect(data.flatMap(({ findings }) => findings).filter(({ check }) => check === "rehearsal")).toEqual([]);
  expect((await ready()).parts).toMatchObject({ rehearsal: "ok" });
  expect((await purchase())?.status).toBe(201);
  const ports = (await docker.listContainers({ all: true })).flatMap(({ Ports }) => Ports);
  expect(ports.filter(({ PublicPort = 0 }) => PublicPort >= FIRST_PORT && PublicPort <= PORT)).toEqual([]);
  rival.close();
});

it("that has passed counts for the next start, and not for one with other settings", async () => {
  const mark = join(folder, "rehearsal-passed");
  await expect.poll(() => existsSync(mark)).toBe(true);
  await berth?.stop();
  const { mtimeMs } = await stat(mark);
  berth = await startTestBerth(SLICE, ON, folder);
  await expect.poll(ready).toMatchObject({ parts: { rehearsal: "ok" } });
  expect((await stat(mark)).mtimeMs, "another one has passed").toBe(mtimeMs);
  await berth.stop();
  berth = await startTestBerth(SLICE, { ...ON, BERTH_MEMORY_MIB: "128" }, folder);
  expect(await ready()).toMatchObject({ parts: { rehearsal: "away" } });
  expect((await purchase())?.status, "it waits for the rehearsal").toBe(201);
});

itAtLength("that fails on demand is tried again by itself, until it passes", async () => {
  await docker.getImage(IMAGE).remove();
  await berth?.call("GET", "/api/v1/doctor?rehearse=true");
  expect(await ready()).toMatchObject({ ok: false, parts: { rehearsal: "away" } });
  expect(existsSync(join(folder, "rehearsal-passed")), "counts for a later start").toBe(false);
  const [repo = "", tag = ""] = IMAGE.split(":");
  await docker.getImage(DEFAULT_ASSISTANT_IMAGE).tag({ repo, tag });
  await expect.poll(ready).toMatchObject({ ok: true, parts: { rehearsal: "ok" } });
});

it.each(["managed", "unlimited"])("%s is not sold where the operator did not allow it", async (apiMode) => {
  const answer = await berth?.call("POST", "purchase", { apiMode });
  expect(answer?.status).toBe(400);
  expect(answer?.body.error?.details).toEqual([
    { field: "apiMode", message: "must be byok: this installation sells no other" },
  ]);
});
