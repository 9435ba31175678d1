// The page get-started.md runs against Berth word for word: only the base URL, the key and the placeholders are
// filled in, the checkout is paid, and status is polled, as the page tells its reader to do by hand. So does the example of
// a life. Operations are carried out in the records: pages.test.ts has the same life on Docker.
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  API_KEY,
  MODEL_KEY,
  newBotToken,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { carryOutAll } from "../support/settled.ts";

const ONE_LIFE = fileURLToPath(new URL("../../docs/examples/one-life.mjs", import.meta.url));

const page = readFileSync(new URL("./get-started.md", import.meta.url), "utf8");
const commands = curlCommands(page);
const exports = [...page.matchAll(/^export .*$/gm)].map(([line]) => line);

const BOT_TOKEN = newBotToken();

let berth: TestBerth;
let endWork: () => Promise<void>;
let deploymentId = "";
beforeAll(async () => {
  berth = await startTestBerth(20, { BERTH_ROLE: "api" });
  endWork = carryOutAll(berth.installation.sql);
});
afterAll(async () => {
  await endWork();
  await berth.close();
});

it("has the seven commands of the page", () => {
  const starts = commands.map((command) => command.split(" \\")[0]);
  expect(starts).toHaveLength(7);
  expect(exports).toHaveLength(3);
  expect(commands[1]).toContain("callbackUrl");
});

it("purchase", async () => {
  const { data } = await run(0);
  deploymentId = data.deploymentId;
  expect((await fetch(data.checkoutUrl, { method: "POST" })).status).toBe(200);
});

it("activate, then status until active", async () => {
  expect((await run(1)).data.status).toBe("deploying");
  await waitForStatus(berth, deploymentId, "active");
  expect((await run(2)).data.status).toBe("active");
});

it("stop, redeploy, stop", async () => {
  expect((await run(3)).data.status).toBe("stopping");
  await waitForStatus(berth, deploymentId, "stopped");
  expect((await run(4)).data.status).toBe("deploying");
  await waitForStatus(berth, deploymentId, "active");
  expect((await run(3)).data.status).toBe("stopping");
  await waitForStatus(berth, deploymentId, "stopped");
});

it("patch", async () => {
  expect((await run(5)).data).toMatchObject({
    deploymentId,
    status: "stopped",
    name: "Updated Assistant Name",
  });
});

it("delete", async () => {
  expect((await run(6)).data.status).toBe("deleting");
  await waitForStatus(berth, deploymentId, "deleted");
});

it("docs/examples/one-life.mjs: from the purchase to the deletion", async () => {
  const child = spawn(process.execPath, [ONE_LIFE], {
    env: {
      PATH: process.env.PATH,
      BASE_URL: berth.url,
      API_KEY,
      TELEGRAM_BOT_TOKEN: newBotToken(),
      MODEL_API_KEY: MODEL_KEY,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  const checkout = () => /pay on (\S+)\n/.exec(printed)?.[1];
  await expect.poll(checkout).toBeDefined();
  expect((await fetch(String(checkout()), { method: "POST" })).status).toBe(200);
  expect(await ended, printed).toBe(0);
  const [, ...lines] = printed.trim().split("\n");
  expect(lines).toEqual([
    "purchased",
    "active",
    "stopped",
    "active",
    "stopped",
    "renamed to Updated Assistant Name",
    "deleted",
  ]);
});

/** The page's commands, each with its continued lines and its quoted body. */
function curlCommands(text: string): string[] {
  const found: string[] = [];
  let isOpen = false;
  for (const line of text.split("\n")) {
    if (!isOpen && !line.startsWith("curl ")) continue;
    const command: string = isOpen ? `${found.pop()}\n${line}` : line;
    found.push(command);
    isOpen = line.endsWith("\\") || command.split("'").length % 2 === 0;
  }
  return found;
}

/** Runs one curl command of the page in a shell that has its exports. */
async function run(
  index: number,
): Promise<{ data: Record<string, string> & { deploymentId: string; status: string; checkoutUrl: string } }> {
  const script = [...exports, commands[index]].join("\n");
  const filled = script
    .replace("https://getclaw.sh", berth.url)
    .replace("<YOUR_API_KEY>", API_KEY)
    .replace('DEPLOYMENT_ID=""', `DEPLOYMENT_ID="${deploymentId}"`)
    .replace("<TELEGRAM_BOT_TOKEN>", BOT_TOKEN)
    .replace("<MODEL_API_KEY>", MODEL_KEY);
  const { stdout } = await promisify(execFile)("bash", ["-c", filled]);
  return JSON.parse(stdout);
}
