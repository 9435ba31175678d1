// Until an assistant answers: real OpenClaw by Berth and by `docker run` of the same image and settings, by turns; and a
// changed model by PATCH against stop, PATCH and redeploy. Telegram and the provider are fakes.
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { ensureAssistantImage } from "../../infra/docker/images/ensure.ts";
import { ACTIVATION, newBotToken, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { ACTIVE_MS, openWorld, type World } from "../support/conversation/conversation.ts";
import { bridgesOf } from "../support/internet.ts";
import { NO_LOGINS } from "../support/registry.ts";
import { dockerRun } from "./docker-run.ts";
import { preparedSlot } from "./lifecycle.ts";
import { PAUSE_MS } from "./pace.ts";
import { median, ms, ratio, type Table } from "./table.ts";

const ROUNDS = 3;
const SLICE = 68;
/** The last of the slice's places: Berth hands them out from the first on. */
const PLACE = 15;
const USER = 555;
const [HAIKU, SONNET] = ["claude-haiku-4-5-20251001", "claude-sonnet-4-5-20250929"] as const;
const LIMITS = { memoryMib: 2048, cpus: 2 } as const;
const ANSWER_MS = 180_000;

export async function conversation(): Promise<Table> {
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
  const world = await openWorld(SLICE);
  const berth = await startTestBerth(SLICE, world.environment);
  const image = String(world.environment.BERTH_ASSISTANT_IMAGE);
  const [ours, run]: [number[], number[]] = [[], []];
  const [patched, restarted, listed]: [number[], number[], number[]] = [[], [], []];
  try {
    // The first one has the compiled code made: of a host that has run for a minute it is a part.
    await live(berth, world, async () => {
      while (!(await findCodeCache(image))) await sleep(1_000);
    });
    for (let round = 0; round < ROUNDS; round++) {
      run.push(await bare(world, image));
      await live(berth, world, async (id, token, firstAnswerMs) => {
        ours.push(firstAnswerMs);
        listed.push(await timed(() => berth.call("GET", `${id}/pairing`)));
        patched.push(await changed(world, token, () => berth.call("PATCH", id, { modelId: SONNET })));
        restarted.push(
          await changed(world, token, async () => {
            await berth.call("POST", `${id}/stop`, {});
            await waitForStatus(berth, id, "stopped");
            await berth.call("PATCH", id, { modelId: HAIKU });
            await berth.call("POST", `${id}/redeploy`, {});
          }),
        );
      });
    }
  } finally {
    await berth.close();
    world.close();
  }
  return [
    [`real OpenClaw, p50 of ${ROUNDS} rounds`, "until", "time", "ratio"],
    ["`docker run`, all else prepared", "the first answer", ms(median(run)), ""],
    ["Berth: activate", "the first answer", ms(median(ours)), ratio(median(ours), median(run))],
    ["Berth: stop, PATCH, redeploy", "an answer of the new model", ms(median(restarted)), ""],
    ["Berth: PATCH", "the same", ms(median(patched)), ratio(median(patched), median(restarted))],
    ["Berth: GET /:id/pairing", "its answer", ms(median(listed)), ""],
  ];
}

type Act = (id: string, token: string, firstAnswerMs: number) => Promise<void>;

/** One assistant from activation to deletion; a message waits for it. */
async function live(berth: TestBerth, world: World, act: Act): Promise<void> {
  const token = newBotToken();
  const id = await preparedSlot(berth);
  await world.telegram.say(token, USER, "first");
  await sleep(PAUSE_MS);
  const firstAnswerMs = await timed(async () => {
    await berth.call("POST", `${id}/activate`, {
      ...ACTIVATION,
      modelId: HAIKU,
      telegramBotToken: token,
      allowFrom: [`${USER}`],
    });
    await heard(world, token, "You said «first»");
  });
  await waitForStatus(berth, id, "active", ACTIVE_MS);
  await act(id, token, firstAnswerMs);
  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
}

async function bare(world: World, image: string): Promise<number> {
  const telegramBotToken = newBotToken();
  await world.telegram.say(telegramBotToken, USER, "first");
  const assistant = { modelProvider: "anthropic", modelId: HAIKU, allowFrom: [`${USER}`] } as const;
  const network = {
    subnet: `10.214.${SLICE}.${PLACE * 16}/28`,
    bridge: bridgesOf(SLICE)[PLACE] ?? "",
  };
  const codeCache = await findCodeCache(image);
  return dockerRun(
    PLACE,
    { image, ...LIMITS, assistant: { ...assistant, telegramBotToken }, network, codeCache },
    () => heard(world, telegramBotToken, "You said «first»"),
  );
}

/** From a change to the first answer of another model than before. */
async function changed(world: World, token: string, change: () => Promise<unknown>): Promise<number> {
  const before = await modelNow(world, token);
  await sleep(PAUSE_MS);
  return timed(async () => {
    await change();
    while ((await modelNow(world, token)) === before);
  });
}

let question = 0;
async function modelNow(world: World, token: string): Promise<string> {
  question += 1;
  await world.telegram.say(token, USER, `question ${question}.`);
  const { text } = await heard(world, token, `You said «question ${question}.»`);
  return /I am the fake (\S+)\./.exec(text)?.[1] ?? "";
}

function heard(world: World, token: string, marker: string) {
  return world.telegram.heard(token, USER, ({ text }) => text.includes(marker), ANSWER_MS);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
