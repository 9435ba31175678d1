// `npm run -s berth -- sign-in`, as an operator runs it beside a running server; and what `npm start` prints of signing in.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTestBerth, type TestBerth, testEnvironment } from "../../support/berth.ts";
import { send, signIn } from "../../support/browser-calls.ts";
import { putEmptyDatabase } from "../../support/empty-database.ts";

const MAIN = fileURLToPath(new URL("../../../api/main.ts", import.meta.url));
const BERTH = fileURLToPath(new URL("../../../api/berth.ts", import.meta.url));

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(39, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

function command(env: Record<string, string> = {}) {
  const settings = { ...berth.environment, PORT: new URL(berth.url).port, ...env };
  return promisify(execFile)(process.execPath, [BERTH, "sign-in"], { env: settings });
}

it("prints a link that signs the operator in once, alone on standard output", async () => {
  const { stdout, stderr } = await command();
  expect(stderr).toMatch(/^Signs the operator in, once and until \d{4}-/);
  const [, page, link = ""] = /^(.*)#([A-Za-z0-9_-]{43})\n$/.exec(stdout) ?? [];
  expect(page).toBe(`${berth.url}/sign-in`);
  const { answer } = await signIn(berth.url, { link });
  expect(answer.body.data).toMatchObject({ isOperator: true });
  expect((await send(berth.url, "POST", "/api/v1/session", {}, { link })).status).toBe(401);
});

it("works for no other key than the operator's, nor without a server", async () => {
  await expect(command({ BERTH_API_KEY: "some-other-key-0123456789" })).rejects.toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr: expect.stringContaining("Send your API key"),
  });
  await expect(command({ PORT: "1" })).rejects.toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr: expect.stringContaining("does not answer"),
  });
});

it("what the server makes at its start is such a link, too", async () => {
  const link = new URL((await berth.makeSignInLink?.()) ?? "").hash.slice(1);
  expect((await signIn(berth.url, { link })).answer.body.data).toMatchObject({ isOperator: true });
});

it("npm start prints one with a new key, and into a log none that has none", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "berth-greeting-"));
  await putEmptyDatabase(dataDir);
  try {
    const first = await greeting(dataDir, ({ url, link }) => signIn(url, { link: link ?? "" }));
    expect(first.said).toContain("Your API key, shown this once");
    expect(first.seen.answer.body.data).toMatchObject({ isOperator: true });
    const second = await greeting(dataDir, async ({ link }) => link);
    expect(second.seen).toBeUndefined();
    expect(second.said).toContain("npm run -s berth -- sign-in prints a link");
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

it("a server keeps what it has compiled as soon as it serves: one that is killed starts as fast again", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "berth-compiled-"));
  await putEmptyDatabase(dataDir);
  const NODE_COMPILE_CACHE = join(dataDir, "compiled");
  const kept = async () => (await readdir(NODE_COMPILE_CACHE, { recursive: true })).length;
  try {
    await greeting(dataDir, () => expect.poll(kept).toBeGreaterThan(100), { NODE_COMPILE_CACHE });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

/** What a start prints that is no terminal's, and what is seen while it serves. */
async function greeting<T>(
  dataDir: string,
  look: (printed: { url: string; link: string | undefined }) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ said: string; seen: T }> {
  const { BERTH_API_KEY: _, ...env } = testEnvironment(39, dataDir, { BERTH_ROLE: "api", ...settings });
  const server = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  let said = "";
  server.stdout.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  try {
    await vi.waitUntil(() => said.includes("Buy a first slot"), { timeout: 180_000 });
    const url = /^Berth serves on (\S+)$/m.exec(said)?.[1] ?? "";
    const link = /\/sign-in#([A-Za-z0-9_-]{43})$/m.exec(said)?.[1];
    return { said, seen: await look({ url, link }) };
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}
