// What README, docs/backups.md and docs/from-containers.md show, run as a reader would run it: word for word, with the placeholders filled in.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ACTIVATION,
  API_KEY,
  MODEL_KEY,
  newBotToken,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { labelled, NOTHING } from "../support/docker.ts";
import { readBlock } from "../support/pages.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

interface Answer {
  readonly data: Record<string, string> & { readonly deploymentId: string; readonly status: string };
}

let berth: TestBerth;
let folder: string;
let image: string;
/** The deployment of the page about containers, which is backed up by that about backups. */
let copiedInto = "";
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
  berth = await startTestBerth(39, { BERTH_ASSISTANT_IMAGE: image });
  folder = await mkdtemp(join(tmpdir(), "berth-pages-"));
});
afterAll(async () => {
  await berth.close();
  await rm(folder, { recursive: true, force: true });
});

it("README: one life", async () => {
  const { commands } = readBlock("README.md", "/purchase");
  expect(commands).toHaveLength(8);
  const [
    purchase = "",
    activate = "",
    status = "",
    stop = "",
    redeploy = "",
    stopAgain = "",
    patch = "",
    remove = "",
  ] = commands;
  const { deploymentId, checkoutUrl } = (await ask(purchase, "")).data;
  expect((await fetch(String(checkoutUrl), { method: "POST" })).status).toBe(200);
  const say = (command: string) => ask(command, deploymentId);
  expect((await say(activate)).data.status).toBe("deploying");
  await waitForStatus(berth, deploymentId, "active");
  expect((await say(status)).data.status).toBe("active");
  expect((await say(stop)).data.status).toBe("stopping");
  await waitForStatus(berth, deploymentId, "stopped");
  expect((await say(redeploy)).data.status).toBe("deploying");
  await waitForStatus(berth, deploymentId, "active");
  expect((await say(stopAgain)).data.status).toBe("stopping");
  await waitForStatus(berth, deploymentId, "stopped");
  expect((await say(patch)).data).toMatchObject({ status: "stopped", name: "Updated Assistant Name" });
  expect((await say(remove)).data.status).toBe("deleting");
  await waitForStatus(berth, deploymentId, "deleted");
  expect(await labelled(deploymentId)).toEqual(NOTHING);
});

it("docs/from-containers.md: data that is copied into a stopped deployment's volume is the assistant's from the next start on", async () => {
  const old = "berth-test-made-by-hand";
  const inImage = (options: readonly string[], script: string) =>
    run(
      "docker",
      "run",
      "--rm",
      "--user",
      "0",
      ...options,
      "--entrypoint",
      "/bin/busybox",
      image,
      "sh",
      "-ec",
      script,
    );
  try {
    await run("docker", "create", "--name", old, "--volume", `${old}:/home/node/.openclaw`, image);
    const files = `echo '{"agents":{"mine":true}}' > openclaw.json; echo remembered > note`;
    await inImage(["--volumes-from", old], `cd /home/node/.openclaw; ${files}`);
    const id = await unpreparedSlot(berth);
    copiedInto = id;
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    const volumes = ["--volumes-from", `${old}:ro`, "--volume", `berth-${id}:/new`];
    await inImage(volumes, "busybox cp -a /home/node/.openclaw/. /new/ && busybox chown -R 1000:1000 /new");
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect(asAssistant(id, "cat note")).toBe("remembered\n");
    const settings = JSON.parse(asAssistant(id, "cat openclaw.json"));
    expect(settings).toMatchObject({ agents: { mine: true, defaults: {} }, gateway: {} });
  } finally {
    await run("docker", "rm", "--force", old);
    await run("docker", "volume", "rm", "--force", old);
  }
});

it("docs/backups.md: make, list, download, restore", async () => {
  const id = copiedInto;
  const { commands } = readBlock("docs/backups.md", "/restore");
  const [make = "", list = "", download = "", restore = "", ...others] = commands;
  expect(others).toEqual([]);
  const backupId = String((await ask(make, id)).data.backupId);
  const states = async () =>
    (JSON.parse(await shell(list, id)) as { data: { id: string; state: string }[] }).data;
  await expect.poll(states).toMatchObject([{ id: backupId, state: "ready" }]);
  await shell(download, id, backupId);
  expect((await readdir(folder)).filter((name) => name.endsWith(".tar.gz"))).toHaveLength(1);
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  const { operationId } = (await ask(restore, id, backupId)).data;
  await expect
    .poll(async () => (await berth.call("GET", `${id}/status`)).body.data?.operation)
    .toMatchObject({ id: operationId, state: "succeeded" });
});

async function run(program: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

function environment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", BASE_URL: berth.url, API_KEY };
}

async function ask(command: string, deploymentId: string, backupId = ""): Promise<Answer> {
  return JSON.parse(await shell(command, deploymentId, backupId));
}

async function shell(command: string, deploymentId: string, backupId = ""): Promise<string> {
  const filled = command.replace("<TELEGRAM_BOT_TOKEN>", newBotToken()).replace("<MODEL_API_KEY>", MODEL_KEY);
  const env = { ...environment(), DEPLOYMENT_ID: deploymentId, BACKUP_ID: backupId };
  const { stdout } = await promisify(execFile)("bash", ["-c", filled], { env, cwd: folder });
  return stdout;
}
