// Writes Berth's keys into the assistant's openclaw.json, run by the stack's command resource before the
// container starts. Other keys of the file belong to the customer and the agent: they are kept.
import { buffer, json } from "node:stream/consumers";
import type Modem from "docker-modem";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./args.ts";
import { STATE_PATH } from "./container.ts";
import { callEngine } from "./engine-call.ts";
import { type Json, mergeSettings } from "./merge-settings.ts";
import { readTarFile, tarFile } from "./tar.ts";

const FILE = "openclaw.json";
const OWNER = { uid: 1000, gid: 1000, mode: 0o600 };

const { deploymentId, volume, image, settings } = (await json(process.stdin)) as {
  readonly deploymentId: string;
  readonly volume: string;
  readonly image: string;
  readonly settings: Json;
};
// Never started: a container is the one way into a volume that works with every Docker engine.
const { Id: door } = await callEngine<{ Id: string }>({
  method: "POST",
  path: "/containers/create",
  options: {
    Image: image,
    Labels: { [DEPLOYMENT_LABEL]: deploymentId, [DOOR_LABEL]: "settings" },
    Entrypoint: ["/never-started"],
    HostConfig: { Binds: [`${volume}:${STATE_PATH}`], NetworkMode: "none" },
  },
});
try {
  const wanted = mergeSettings(await readSettings(), settings);
  await write(FILE, `${JSON.stringify(wanted, null, 2)}\n`);
} finally {
  await callEngine({ method: "DELETE", path: `/containers/${door}?`, options: { force: true } });
}

async function readSettings(): Promise<Json> {
  let packed: NodeJS.ReadableStream;
  try {
    packed = await callEngine({ ...archive(`${STATE_PATH}/${FILE}`), method: "GET", isStream: true });
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return {};
    throw error;
  }
  const text = readTarFile(await buffer(packed));
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : {};
  } catch {
    const copy = `${FILE}.unreadable-${Date.now()}`;
    await write(copy, text);
    process.stdout.write(`${FILE} was not JSON. It was kept as ${copy} and written anew.\n`);
    return {};
  }
}

async function write(name: string, text: string): Promise<void> {
  await callEngine({ ...archive(STATE_PATH), method: "PUT", file: tarFile(name, text, OWNER) });
}

function archive(path: string): Modem.DialOptions {
  return { path: `/containers/${door}/archive?`, options: { path } };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
