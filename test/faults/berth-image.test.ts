// Berth as a container, by its own image and as docs/examples/compose.yaml has it: on the engine that it is itself on.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { makeImage } from "../../api/commands/image.ts";
import { readConfig } from "../../api/config/config.ts";
import { hasApt } from "../../infra/toolchain/apt.ts";
import {
  ACTIVATION,
  type Answer,
  API_KEY,
  type Called,
  paidSlot,
  testEnvironment,
  waitForStatus,
} from "../support/berth.ts";
import { docker, labelled, NOTHING, removeLabelled, whileActive } from "../support/docker.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const SLICE = 84;
const IMAGE = `berth-test/berth:${process.pid}`;
/** The first one makes a Debian root, and installs all packages. */
const MAKING_MS = 1_800_000;
const SERVES_WITHIN_MS = 300_000;
const PORT = 18_700 + SLICE;
const URL_INSIDE = `http://127.0.0.1:${PORT}`;
const COMPOSE = new URL("../../docs/examples/compose.yaml", import.meta.url);

/** What the file says, as far as it says anything. */
interface Service {
  readonly image: string;
  readonly network_mode: string;
  readonly user: string;
  readonly cap_drop: string[];
  readonly cap_add: string[];
  readonly security_opt: string[];
  readonly read_only: boolean;
  readonly tmpfs: string[];
  readonly volumes: string[];
}

const berth: Called = {
  async call(method, path, body) {
    const response = await fetch(`${URL_INSIDE}/api/v1/assistants/${path}`, {
      method,
      headers: { "X-API-Key": API_KEY, ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  },
};

let folder: string;
let container: Docker.Container;
let id: string | undefined;

describe.skipIf(!(await hasApt()))("an image of Berth (skipped unless root on Debian or Ubuntu)", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "berth-image-"));
    const { healthy } = await ensureTinyImages();
    const settings = testEnvironment(SLICE, folder, {
      PORT: String(PORT),
      BERTH_ASSISTANT_IMAGE: healthy,
      XDG_CACHE_HOME: join(folder, "cache"),
      LOG_LEVEL: "info",
    });
    await makeImage(readConfig({ ...process.env, BERTH_DATA_DIR: folder }), IMAGE);
    const service = await serviceOfCompose();
    const { PATH: _, HOME: __, ...environment } = settings;
    container = await docker.createContainer({
      Image: IMAGE,
      User: service.user,
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      HostConfig: {
        NetworkMode: service.network_mode,
        CapDrop: service.cap_drop,
        CapAdd: service.cap_add,
        SecurityOpt: service.security_opt,
        ReadonlyRootfs: service.read_only,
        Tmpfs: Object.fromEntries(service.tmpfs.map((path) => [path, ""])),
        // The data folder is the test's own.
        Binds: service.volumes.map((bind) => bind.replaceAll("/var/lib/berth", folder)),
      },
    });
    await container.start();
    await untilItServes();
  }, MAKING_MS);

  afterAll(async () => {
    await container?.remove({ force: true });
    if (id !== undefined) await removeLabelled(id);
    await docker.getImage(IMAGE).remove({ force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it("makes an assistant beside itself, keeps it and its record over a restart, stops and deletes it", async () => {
    id = await paidSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    expect(await labelled(id)).toEqual(whileActive(id));

    await container.restart({ t: 40 });
    await untilItServes();
    expect((await berth.call("GET", `${id}/status`)).body.data).toMatchObject({
      status: "active",
      drift: null,
    });
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");

    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
  });

  it("serves the dashboard that the image has, and has the operator's command", async () => {
    expect((await fetch(`${URL_INSIDE}/`)).headers.get("content-type")).toMatch(/^text\/html/);
    const exec = await container.exec({ Cmd: ["berth", "doctor", "--json"], AttachStdout: true, Tty: true });
    let output = "";
    for await (const piece of await exec.start({ Tty: true })) output += piece;
    expect(output).toContain('"findings"');
  });

  it("is another user's than root unless it is told", async () => {
    const { Config } = await docker.getImage(IMAGE).inspect();
    expect(Config.User).toBe("berth");
    expect(Config.Env).toContain("DOCKER_HOST=unix:///var/run/docker.sock");
  });

  it("is named by the compose file as the command names it", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect((await serviceOfCompose()).image).toBe(`berth:${version}`);
  });
});

async function serviceOfCompose(): Promise<Service> {
  const { services } = parse(await readFile(COMPOSE, "utf8")) as { services: { berth: Service } };
  return services.berth;
}

async function untilItServes(): Promise<void> {
  for (const deadline = Date.now() + SERVES_WITHIN_MS; Date.now() < deadline; await sleep(500)) {
    const answer = await fetch(`${URL_INSIDE}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`It does not serve.\n${await container.logs({ stdout: true, stderr: true })}`);
}
