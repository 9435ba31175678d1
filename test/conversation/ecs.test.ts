// A conversation with an assistant whose container is that of AWS, as its task definition spells it, run by Docker.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BOT_SECRET, MODEL_KEY } from "../support/berth.ts";
import { ANSWER_MS, FIRST_ANSWER_MS, KNOWN_MODEL, USER } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { MODEL_HOSTS } from "../support/conversation/models.ts";
import { TELEGRAM_HOST } from "../support/conversation/telegram.ts";
import { docker, type Task, taskOf } from "../support/task-containers.ts";

const SLICE = 67;
const NAME = `berth-test-${SLICE}-${randomBytes(4).toString("hex")}`;
const BRIDGE = `bt${SLICE}-task`;
const SUBNET = `10.214.${SLICE}.0/28`;
const TOKEN = `123456789:${BOT_SECRET}`;
const GATEWAY_TOKEN = randomBytes(32).toString("hex");
const HELLO = "Hello, my word is MARZIPAN.";

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)(
  "an assistant in AWS's container (skipped without root and a nameserver)",
  {
    timeout: ACTIVE_MS + FIRST_ANSWER_MS,
  },
  () => {
    let world: World;
    let task: Task;

    beforeAll(async () => {
      world = await openWorld(SLICE, { bridges: [BRIDGE] });
      const bridge = ["--opt", `com.docker.network.bridge.name=${BRIDGE}`];
      docker("network", "create", "--subnet", SUBNET, ...bridge, NAME);
      docker("volume", "create", NAME);
      task = taskOf({
        name: NAME,
        image: `${world.environment.BERTH_ASSISTANT_IMAGE}`,
        network: NAME,
        assistant: { modelProvider: "anthropic", modelId: KNOWN_MODEL, allowFrom: [`${USER}`] },
        secrets: {
          modelProvider: "anthropic",
          modelApiKey: MODEL_KEY,
          gatewayToken: GATEWAY_TOKEN,
          telegramBotToken: TOKEN,
        },
      });
    });
    afterAll(() => {
      docker("rm", "--force", NAME);
      docker("volume", "rm", NAME);
      docker("network", "rm", NAME);
      world?.close();
    });

    it("answers who is let in, with the model's words", async () => {
      await world.telegram.say(TOKEN, USER, HELLO);
      task.run(task.settings, "--rm");
      task.run(task.assistant, "--detach", "--name", NAME, "--memory", "2048m");
      expect(await answered(HELLO, ACTIVE_MS + FIRST_ANSWER_MS)).toContain(`I am the fake ${KNOWN_MODEL}.`);
      expect(task.isHealthy()).toBe(true);
    });

    it("remembers what was said when another task takes over its data", async () => {
      docker("stop", "--time", `${task.assistant.stopTimeout}`, NAME);
      docker("rm", NAME);
      await world.telegram.say(TOKEN, USER, "What is my word?");
      task.run(task.settings, "--rm");
      task.run(task.assistant, "--detach", "--name", NAME, "--memory", "2048m");
      const answer = await answered("What is my word?", ACTIVE_MS + FIRST_ANSWER_MS);
      expect(answer).toContain(`2 turns: ${HELLO} / What is my word?`);
    });

    it("lets nobody else in, and gives its secrets to nobody else", async () => {
      await world.telegram.say(TOKEN, USER + 1, "Let me in");
      await world.telegram.say(TOKEN, USER, "Who was that?");
      await answered("Who was that?", ANSWER_MS);
      expect(world.telegram.seen(TOKEN, USER + 1)).toEqual([]);
      expect(await world.hostsThatSaw(MODEL_KEY)).toEqual([MODEL_HOSTS.anthropic]);
      expect(await world.hostsThatSaw(TOKEN)).toEqual([TELEGRAM_HOST]);
      expect(await world.hostsThatSaw(GATEWAY_TOKEN)).toEqual([]);
    });

    async function answered(said: string, timeoutMs: number): Promise<string> {
      const isAnswer = ({ text }: { text: string }) => text.includes(`You said «${said}»`);
      return (await world.telegram.heard(TOKEN, USER, isAnswer, timeoutMs)).text;
    }
  },
);
