// A real Berth for a test: its own data folder, port range and subnets, on loopback.
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Tools } from "../../api/config/child-environment.ts";
import { readConfig } from "../../api/config/config.ts";
import type { StartOptions } from "../../api/prepare.ts";
import { type Berth, startBerth } from "../../api/server.ts";
import type { Resolve } from "../../stacks/callbacks/network.ts";
import { removeLabelled } from "./docker.ts";
import { judgeOf } from "./document.ts";
import { putEmptyDatabase } from "./empty-database.ts";
import { pulumiVersion } from "./pulumi-version.ts";

/** Each poll costs milliseconds of a CPU that the operation needs; no operation ends in so short a time. */
const POLL_EVERY_MS = 250;
/** Longer than an operation may take with the settings below; the operation's own deadline comes first. */
const WAIT_MS = 300_000;

export const API_KEY = "test-key-0123456789";
/** The secret part of every bot's token. */
export const BOT_SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
export const MODEL_KEY = "sk-ant-test-canary-0123456789";
export const ACTIVATION = {
  name: "My API Assistant",
  modelProvider: "anthropic",
  modelId: "claude-sonnet-4-5-20250929",
  /** Another bot at each reading: one bot drives one assistant. */
  get telegramBotToken() {
    return newBotToken();
  },
  modelApiKey: MODEL_KEY,
} as const;

let bots = 123_456_789;
export function newBotToken(): string {
  return `${bots++}:${BOT_SECRET}`;
}

/** No name resolves in tests: callbacks go only where a test has pinned them. */
const resolveNothing: Resolve = async (hostname) => {
  throw new Error(`ENOTFOUND ${hostname}`);
};

/** Nobody listens there: no test asks a real provider or the real Telegram, even if it turns the asking on. */
const NOWHERE = "http://127.0.0.1:1";
const NO_PROVIDERS = {
  anthropic: NOWHERE,
  openai: NOWHERE,
  google: NOWHERE,
  openrouter: NOWHERE,
  xai: NOWHERE,
};

/** A Berth that can be called, in whatever process it runs. */
export interface Called {
  call(method: string, path: string, body?: unknown): Promise<Pick<Answer, "status" | "body">>;
}

export interface TestBerth extends Berth {
  readonly dataDir: string;
  readonly environment: Record<string, string>;
  /** One API call; the body is sent as JSON. Fails when the answer is not as the OpenAPI document says. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Stops it as close() does, and leaves its deployments to the next one in the same folder. */
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: Record<string, unknown> & { deploymentId: string; status: string };
    readonly error?: { code: string; message: string; details?: unknown };
  };
  readonly headers: Headers;
}

/** `slice` (0–99) keeps the ports and subnets of tests that run side by side apart. */
export async function startTestBerth(
  slice: number,
  environment: Record<string, string> = {},
  keepDataIn?: string,
  options: StartOptions = {},
): Promise<TestBerth> {
  const dataDir = keepDataIn ?? (await mkdtemp(join(tmpdir(), "berth-test-")));
  const settings = testEnvironment(slice, dataDir, { BERTH_TELEGRAM_CHECK: "on", ...environment });
  if (!settings.DATABASE_URL) await putEmptyDatabase(dataDir);
  const berth = await startBerth(readConfig(settings), testTools(), {
    resolve: resolveNothing,
    modelApis: NO_PROVIDERS,
    telegramApi: NOWHERE,
    ...options,
  });
  return {
    ...berth,
    dataDir,
    environment: settings,
    call: (method, path, body, headers) => callAt(berth.url, method, path, body, headers),
    stop: () => berth.close(),
    async close() {
      const ids = await berth.installation.sql.selectFrom("deployments").select("id").execute();
      await berth.close();
      // A test that failed must not leave its subnets and ports to the next.
      for (const { id } of ids) await removeLabelled(id);
      if (!keepDataIn) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function testEnvironment(
  slice: number,
  dataDir: string,
  extra: Record<string, string>,
): Record<string, string> {
  const first = 31_000 + slice * 16;
  return {
    ...inherited("PATH", "HOME", "TMPDIR", "NODE_COMPILE_CACHE"),
    PORT: "0",
    BERTH_DATA_DIR: dataDir,
    BERTH_API_KEY: API_KEY,
    BERTH_PORT_RANGE: `${first}-${first + 15}`,
    BERTH_SUBNET_POOL: `10.214.${slice}.0/24`,
    BERTH_STARTUP_TIMEOUT: "90",
    BERTH_MEMORY_MIB: "64",
    BERTH_CPUS: "0.5",
    BERTH_MODEL_CHECK: "off",
    // A process of its own would ask the real one, which refuses made-up tokens.
    BERTH_TELEGRAM_CHECK: "off",
    BERTH_ALLOW_SHARED_MODEL_KEYS: "yes",
    // What reaches it is tested where it is turned on.
    BERTH_MODEL_GATEWAY: "off",
    // What waits for its activation is tested where it is turned on.
    BERTH_PREBOOT_MAX: "0",
    // The tests' images have no Node.
    BERTH_REHEARSAL: "off",
    LOG_LEVEL: "silent",
    ...extra,
  };
}

function inherited(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** The runner puts the tools that set-up chose on PATH. */
export function testTools(): Tools {
  const searchPath = process.env.PATH ?? "";
  const path = onPath("pulumi");
  if (!path) throw new Error("pulumi is not on PATH: run the tests by `npm test`.");
  const plugins = ["docker", "command", "kubernetes"].flatMap((name) => {
    const plugin = onPath(`pulumi-resource-${name}`);
    const origin = plugin?.includes("/stand-ins/") ? ("stand-in" as const) : ("official" as const);
    return plugin === undefined ? [] : [{ name, origin, path: plugin }];
  });
  return { pulumi: { path, version: pulumiVersion(path) }, plugins, searchPath };
}

function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** As a customer calls: the answer is judged by the OpenAPI document of that Berth. */
export async function callAt(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path.startsWith("/") ? path : `/api/v1/assistants/${path}`}`, {
    method,
    headers: {
      "X-API-Key": API_KEY,
      // Server and client are one process: while a test holds it up, a connection that is kept may be about to end.
      Connection: "close",
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const answer = { status: response.status, body: await response.json(), headers: response.headers };
  const judge = await judgeOf(url);
  const objection = judge({ method, path: new URL(response.url).pathname, ...answer });
  if (objection) throw new Error(`${method} ${path}: ${objection}`);
  return answer as Answer;
}

/** Buys a slot and pays for it on its checkout page. */
export async function paidSlot(berth: Called, apiMode = "byok"): Promise<string> {
  const { body } = await berth.call("POST", "purchase", { apiMode });
  const paid = await fetch(String(body.data?.checkoutUrl), { method: "POST" });
  if (!paid.ok || !body.data) throw new Error(`Paying failed: ${paid.status}`);
  return body.data.deploymentId;
}

/**
 * A slot that is paid for past Berth: nothing is prepared, and its activation does all in one operation. For what begins with
 * an active assistant, at half the cost of one that was bought.
 */
export async function unpreparedSlot(berth: TestBerth, apiMode = "byok"): Promise<string> {
  const { body } = await berth.call("POST", "purchase", { apiMode });
  const id = body.data?.deploymentId ?? "";
  const { sql } = berth.installation;
  await sql.updateTable("deployments").set({ status: "purchased" }).where("id", "=", id).execute();
  return id;
}

/** Polls until the deployment has that status; fails with the cause when it settles in another one. */
export async function waitForStatus(berth: Called, id: string, wanted: string, waitMs = WAIT_MS) {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const { body } = await berth.call("GET", `${id}/status`);
    if (body.data?.status === wanted) return body.data;
    const operation = body.data?.operation as { finishedAt: string | null } | null | undefined;
    if (operation?.finishedAt || Date.now() > deadline)
      throw new Error(`Not ${wanted}: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
