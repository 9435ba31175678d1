// Secrets are where they have to be and nowhere else: one life of an assistant with secrets that are known, one of which
// it tells itself, and then a search of all that Berth, Pulumi and Docker have kept, shown and sent.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openDatabase } from "../../stacks/database/database.ts";
import { ACTIVATION, API_KEY } from "../support/berth.ts";
import { labelled } from "../support/docker.ts";
import { Server } from "../support/faults/server.ts";
import { handedSecrets, handedText } from "../support/handed.ts";
import { RECEIVER_HOST, type Receiver, startReceiver, TestAuthority } from "../support/receiver.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const SLICE = 2;
const random = () => randomBytes(12).toString("hex");
const secrets: Record<string, string> = {
  "model key": `sk-ant-${random()}`,
  "bot token": `123456789:AA${random()}${random()}`,
  passphrase: `passphrase-${random()}`,
};

let server: Server;
let receiver: Receiver;
const authority = new TestAuthority();
const seen = new Map<string, string>();
/** Everything that was looked through, to prove that it was. */
const keep = (where: string, text: string) => void seen.set(where, (seen.get(where) ?? "") + text);

beforeAll(async () => {
  const { fragile } = await ensureTinyImages();
  receiver = await startReceiver(authority.issue(RECEIVER_HOST));
  server = await Server.start(SLICE, {
    settings: {
      BERTH_ASSISTANT_IMAGE: fragile,
      BERTH_CALLBACK_RESOLVE: receiver.pin,
      NODE_EXTRA_CA_CERTS: authority.file,
      LOG_LEVEL: "trace",
      BERTH_MODEL_GATEWAY: "all",
    },
    prepare: (dataDir) =>
      writeFileSync(join(dataDir, "passphrase"), String(secrets.passphrase), { mode: 0o400 }),
  });
});
afterAll(async () => {
  await server.close();
  await receiver.close();
  authority.remove();
});

it("no secret is anywhere but in the one file that the assistant gets", async () => {
  const over = new AbortController();
  const watching = watchProcesses(over.signal);
  const id = await server.buy();
  const endpoint = receiver.endpoint();
  const activation = {
    ...ACTIVATION,
    modelApiKey: secrets["model key"],
    telegramBotToken: secrets["bot token"],
    callbackUrl: endpoint.url,
  };
  await answer(id, "POST", `${id}/activate`, activation);
  await until(id, "active");
  const { gateway, telegram, models } = handedSecrets(id);
  secrets["gateway token"] = gateway;
  expect(models).toEqual({ anthropic: expect.stringMatching(/^brm_[\w-]{43}$/) });
  secrets["model token"] = String(models.anthropic);
  keep(
    "assistant's secrets",
    handedText(id).replace(gateway, "").replace(telegram, "").replace(String(models.anthropic), ""),
  );
  expect(telegram).toBe(secrets["bot token"]);
  expect(secrets["gateway token"]).toMatch(/^\w{32,}$/);
  expect(statSync(join(server.dataDir, "secrets", `${id}.json`)).mode & 0o777).toBe(0o600);
  keep("docker inspect", inspectAll(await labelled(id)));
  await answers(id);

  const crash = "echo it tells its secrets > .openclaw/crash; kill -9 -1";
  execFileSync("docker", ["exec", "--detach", `berth-${id}`, "sh", "-c", crash]);
  await until(id, "failed");
  await answers(id);
  await answer(id, "POST", `${id}/redeploy`, {});
  await until(id, "failed");
  await answers(id);
  expect(seen.get("GET status")).toContain("[REDACTED]");
  await answer(id, "POST", `${id}/stop`);
  await until(id, "stopped");
  await answers(id);
  keep("data folder", folder(server.dataDir));
  await endpoint.until(4);
  for (const { headers, body } of endpoint.received) keep("callbacks", JSON.stringify(headers) + body);
  over.abort();
  await watching;
  process.kill(server.pid, "SIGTERM");
  await server.untilEnded();
  keep("data folder", folder(server.dataDir));
  keep("log", readFileSync(join(server.folder, "server.log"), "latin1"));
  keep("database", await dump());

  const places = [
    "docker inspect",
    "data folder",
    "database",
    "log",
    "callbacks",
    "processes",
    "GET status",
    "GET usage",
    "GET events",
    "GET stack",
  ];
  for (const place of places) expect(seen.get(place)?.length, place).toBeGreaterThan(200);
  for (const place of ["docker inspect", "data folder", "database", "log", "callbacks", "processes"])
    expect(seen.get(place), place).toContain(id);
  const found = [...seen].flatMap(([where, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      spellings(secret).some((spelling) => text.includes(spelling)) ? [`${name} in ${where}`] : [],
    ),
  );
  expect(found).toEqual([]);
});

/** As it is, and as it may be wrapped: JSON and URLs leave these characters alone, base64 and hex don't. */
function spellings(secret: string): string[] {
  // Base64 of a part is the same within any text that it begins at a third byte of.
  const shifted = [0, 1, 2].map((skip) => Buffer.from(secret).subarray(skip));
  const whole = shifted.map((bytes) =>
    bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64"),
  );
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...whole];
}

/** Every answer that the API has about a deployment. */
async function answers(id: string): Promise<void> {
  for (const path of [
    "status",
    "stack",
    "usage",
    "operations",
    "events",
    "logs?tail=5000",
    "callbacks",
    "pairing",
  ])
    await answer(id, "GET", `${id}/${path}`);
  await answer(id, "GET", id);
  await answer(id, "GET", "");
  await answer(id, "GET", "/api/v1/audit");
  await answer(id, "GET", "/metrics");
  await answer(id, "PATCH", id, { name: "Another name" });
}

async function answer(id: string, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${server.url}${path.startsWith("/") ? path : `/api/v1/assistants/${path}`}`, {
    method,
    headers: { "X-API-Key": API_KEY, ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (method === "POST") expect(response.status).toBe(202);
  const name = path.replace(`${id}/`, "").replace(id, "one").replace(/\?.*/, "");
  keep(`${method} ${name}`, JSON.stringify([...response.headers]) + (await response.text()));
}

async function until(id: string, status: string): Promise<void> {
  const isThere = async () => (await server.status(id)).status === status;
  await vi.waitUntil(isThere, { timeout: 300_000, interval: 150 });
}

/** Command lines and environments of all processes of this machine, again and again. */
async function watchProcesses(over: AbortSignal): Promise<void> {
  const known = new Set<string>();
  for (; !over.aborted; await sleep(50)) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (Number(pid) === process.pid) continue;
      try {
        const text =
          readFileSync(`/proc/${pid}/cmdline`, "latin1") + readFileSync(`/proc/${pid}/environ`, "latin1");
        if (known.has(text)) continue;
        known.add(text);
        keep("processes", text);
      } catch {
        // It has ended.
      }
    }
  }
}

function inspectAll({ containers, networks, volumes }: Awaited<ReturnType<typeof labelled>>): string {
  const names = { container: containers, network: networks, volume: volumes };
  return Object.entries(names)
    .map(([type, named]) =>
      execFileSync("docker", ["inspect", "--type", type, ...named], { encoding: "utf8" }),
    )
    .join();
}

/** Names and contents of all files, but of those that are there to hold a secret. */
function folder(path: string): string {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const searched = files.filter(
    (file) => file !== join(path, "passphrase") && !file.startsWith(join(path, "secrets/")),
  );
  return searched.map((file) => file + contentOf(file)).join("\n");
}

/** Of a running server's files one may be gone by now. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** All rows of all tables as text: in their files they may be compressed. */
async function dump(): Promise<string> {
  const database = await openDatabase({ folder: join(server.dataDir, "database") });
  try {
    const { rows: tables } = await sql<{
      name: string;
    }>`select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`.execute(database.sql);
    const texts = [];
    for (const { name } of tables) {
      const { rows } = await sql<{
        row: string;
      }>`select whole::text as row from ${sql.raw(name)} as whole`.execute(database.sql);
      texts.push(name, ...rows.map(({ row }) => row));
    }
    return texts.join("\n");
  } finally {
    await database.close();
  }
}
