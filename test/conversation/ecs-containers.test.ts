// The containers of an assistant's task on AWS, run by Docker as the task definition spells them, with real OpenClaw.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import JSON5 from "json5";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { docker, taskOf } from "../support/task-containers.ts";

const NAME = `berth-test-${randomBytes(4).toString("hex")}`;
const START_TIMEOUT_MS = 400_000;
/** With its two stops, each of which may take the whole grace. */
const LIFE_MS = 600_000;

const { settings, assistant, owned, run, isHealthy } = taskOf({
  name: NAME,
  image: DEFAULT_ASSISTANT_IMAGE,
  network: "none",
  assistant: { modelProvider: "anthropic", modelId: "claude-sonnet-4-5", allowFrom: [] },
  secrets: {
    modelProvider: "anthropic",
    modelApiKey: "sk-ant-test-canary-0123456789",
    gatewayToken: randomBytes(32).toString("hex"),
    telegramBotToken: "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
  },
});

beforeAll(() => void docker("volume", "create", NAME));
afterAll(() => {
  docker("rm", "-f", NAME);
  docker("volume", "rm", NAME);
});

it("write the settings, start OpenClaw hardened, and are healthy when it says so", {
  timeout: LIFE_MS,
}, async () => {
  run(settings, "--rm");
  run(assistant, "--detach", "--name", NAME, "--memory", "2048m");
  expect(isHealthy()).toBe(false);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!isHealthy()) {
    const log = () => docker("logs", "--tail", "20", NAME);
    if (Date.now() > deadline) throw new Error(`not healthy in time: ${log()}`);
    await sleep(1_000);
  }
  const file = "/home/node/.openclaw/openclaw.json";
  expect(JSON.parse(docker("exec", NAME, "cat", file))).toMatchObject(owned);
  // A second start finds what OpenClaw and the customer have written, and leaves it.
  // Without a network it may wait for Telegram until it is killed; by then it has heard the signal and ended its work.
  docker("stop", "--time", `${assistant.stopTimeout}`, NAME);
  const log = execFileSync("sh", ["-c", `docker logs ${NAME} 2>&1`], { encoding: "utf8" });
  expect(log).toMatch(/received SIGTERM[\s\S]*active-work drain settled/);
  run(settings, "--rm");
  docker("start", NAME);
  expect(JSON.parse(docker("exec", NAME, "cat", file))).toMatchObject(owned);
  docker("stop", "--time", "0", NAME);

  // JSON5 is edited as it is; once refused, the last settings that were accepted take its place.
  const script = `cd $(dirname ${file}); printf '// mine\\n{flux: 1,}' > openclaw.json; echo '{"kept": 1}' > openclaw.json.last-good`;
  run({ ...settings, entryPoint: ["sh", "-c", script], command: [] }, "--rm");
  run(settings, "--rm");
  const read = { ...settings, entryPoint: ["cat", file], command: [] };
  const edited = run(read, "--rm");
  expect(edited).toContain("// mine");
  expect(JSON5.parse(edited)).toMatchObject({ flux: 1, ...owned });
  run({ ...settings, command: [...(settings.command ?? []), "operation"] }, "--rm");
  expect(JSON.parse(run(read, "--rm"))).toEqual({ kept: 1, ...owned });
});
