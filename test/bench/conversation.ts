// Until an assistant answers: real OpenClaw by Berth, pre-booted and not, and by `docker run` of the same image and settings,
// by OpenClaw's own supervisor, by turns; and a changed model by PATCH against stop, PATCH and redeploy. Telegram and the
// provider are fakes.
import { setTimeout as sleep } from "node:timers/promises";
import {
  DEFAULT_ASSISTANT_IMAGE,
  openclawSettings,
  SECRETS_IN_ENVIRONMENT,
  secretsEnvironment,
} from "../../infra/assistant/openclaw.ts";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { ensureAssistantImage } from "../../infra/docker/images/ensure.ts";
import { ACTIVATION, newBotToken, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { ACTIVE_MS, openWorld, type World } from "../support/conversation/conversation.ts";
import type { TelegramCall } from "../support/conversation/telegram.ts";
import { bridgesOf } from "../support/internet.ts";
import { prebootedSlot } from "../support/preboot.ts";
import { NO_LOGINS } from "../support/registry.ts";
import { dockerRun } from "./docker-run.ts";
import { ensureOpenclaw, fleetTalks } from "./fleet.ts";
import { preparedSlot } from "./lifecycle.ts";
import { PAUSE_MS } from "./pace.ts";
import { median, ms, ratio, type Table } from "./table.ts";

const ROUNDS = 3;
const SLICE = 68;
/** Of another Berth, whose slots are pre-booted. */
const PREBOOTED = 69;
/** The last of the slice's places: Berth hands them out from the first on. */
const PLACE = 15;
const USER = 555;
const [HAIKU, SONNET] = ["claude-haiku-4-5-20251001", "claude-sonnet-4-5-20250929"] as const;
const WANTED = { modelProvider: "anthropic", modelId: HAIKU, allowFrom: [`${USER}`] } as const;
const LIMITS = { memoryMib: 2048, cpus: 2 } as const;
const ANSWER_MS = 180_000;
const POLL_MS = 20;
const SETTLE_MS = 20_000;

export async function conversation(): Promise<Table> {
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
  const openclaw = await ensureOpenclaw();
  const world = await openWorld(SLICE, { bridges: [SLICE, PREBOOTED].flatMap(bridgesOf) });
  const berth = await startTestBerth(SLICE, world.environment);
  const ahead = await startTestBerth(PREBOOTED, { ...world.environment, BERTH_PREBOOT_MAX: "1" });
  const image = String(world.environment.BERTH_ASSISTANT_IMAGE);
  const run: Waited[] = [];
  const [ours, prebooted]: [Live[], Live[]] = [[], []];
  const cells: number[] = [];
  const [applied, patched, restarted, listed]: [number[], number[], number[], number[]] = [[], [], [], []];
  try {
    // The first one has the compiled code made: of a host that has run for a minute it is a part.
    await live(berth, world, preparedSlot, async () => {
      while (!(await findCodeCache(image))) await sleep(1_000);
    });
    for (let round = 0; round < ROUNDS; round++) {
      run.push(await bare(world, image));
      cells.push(await cell(world, image, openclaw));
      await live(ahead, world, waitingSlot, async (now) => void prebooted.push(now));
      await live(berth, world, preparedSlot, async (now) => {
        const { id, token } = now;
        ours.push(now);
        listed.push(await timed(() => accepted(berth, "GET", `${id}/pairing`)));
        patched.push(await changed(world, token, () => accepted(berth, "PATCH", id, { modelId: SONNET })));
        applied.push(await lastOperation(berth, id));
        restarted.push(
          await changed(world, token, async () => {
            await accepted(berth, "POST", `${id}/stop`, {});
            await waitForStatus(berth, id, "stopped");
            await accepted(berth, "PATCH", id, { modelId: HAIKU });
            await accepted(berth, "POST", `${id}/redeploy`, {});
          }),
        );
      });
    }
  } finally {
    await berth.close();
    await ahead.close();
    world.close();
  }
  const of = <Key extends keyof Waited>(rounds: readonly Waited[], key: Key) =>
    median(rounds.map((round) => round[key]));
  const against = (rounds: readonly Waited[], key: keyof Waited) => [
    ms(of(rounds, key)),
    ratio(of(rounds, key), of(run, key)),
  ];
  const [mine, fleet] = [of(ours, "firstPollMs"), median(cells)];
  const active = (rounds: readonly Live[]) => ms(median(rounds.map(({ activeMs }) => activeMs)));
  return [
    [`real OpenClaw, p50 of ${ROUNDS} rounds`, "until", "time", "ratio"],
    ["`docker run`, all else prepared", "the first poll of Telegram", ms(of(run, "firstPollMs")), ""],
    ["the same", "the first answer", ms(of(run, "firstAnswerMs")), ""],
    ["`openclaw fleet create`, its settings, `fleet start`", "the first poll of Telegram", ms(fleet), ""],
    ["Berth: activate", "the first poll of Telegram", ...against(ours, "firstPollMs")],
    ["the same, to fleet's", "the same", ms(mine), ratio(mine, fleet)],
    ["the same", "status active", active(ours), ""],
    ["the same", "the first answer", ...against(ours, "firstAnswerMs")],
    ["Berth: activate, pre-booted", "the first poll of Telegram", ...against(prebooted, "firstPollMs")],
    ["the same", "status active", active(prebooted), ""],
    ["the same", "the first answer", ...against(prebooted, "firstAnswerMs")],
    ["Berth: stop, PATCH, redeploy", "an answer of the new model", ms(median(restarted)), ""],
    ["Berth: PATCH", "the same", ms(median(patched)), ratio(median(patched), median(restarted))],
    ["the same", "its operation has succeeded", ms(median(applied)), ""],
    ["Berth: GET /:id/pairing", "its answer", ms(median(listed)), ""],
  ];
}

/** A message waits for the assistant. */
interface Waited {
  readonly firstPollMs: number;
  readonly firstAnswerMs: number;
}

interface Live extends Waited {
  readonly id: string;
  readonly token: string;
  readonly activeMs: number;
}

/** OpenClaw has come to rest: a customer takes longer to make a bot. */
async function waitingSlot(berth: TestBerth): Promise<string> {
  const id = await prebootedSlot(berth, ACTIVE_MS);
  await sleep(SETTLE_MS);
  return id;
}

/** One assistant from activation to deletion; a message waits for it. */
async function live(
  berth: TestBerth,
  world: World,
  buy: (berth: TestBerth) => Promise<string>,
  act: (now: Live) => Promise<void>,
): Promise<void> {
  const token = newBotToken();
  const id = await buy(berth);
  await world.telegram.say(token, USER, "first");
  await sleep(PAUSE_MS);
  const startedAt = performance.now();
  const settings = { ...ACTIVATION, ...WANTED, telegramBotToken: token };
  await accepted(berth, "POST", `${id}/activate`, settings);
  const since = () => performance.now() - startedAt;
  const [activeMs, firstPollMs, firstAnswerMs] = await Promise.all([
    waitForStatus(berth, id, "active", ACTIVE_MS).then(since),
    polled(world, token).then(since),
    heard(world, token, "You said «first»").then(since),
  ]);
  await act({ id, token, activeMs, firstPollMs, firstAnswerMs });
  await accepted(berth, "DELETE", id);
  await waitForStatus(berth, id, "deleted");
}

/** @throws Error when it is refused: what is waited for would never come */
async function accepted(berth: TestBerth, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await berth.call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
}

/** Milliseconds that the latest operation took from its acceptance on. @throws Error unless it has succeeded */
async function lastOperation(berth: TestBerth, id: string): Promise<number> {
  for (; ; await sleep(100)) {
    const { body } = await berth.call("GET", `${id}/status`);
    const operation = body.data?.operation as Readonly<Record<"state" | "createdAt" | "finishedAt", string>>;
    if (!operation.finishedAt) continue;
    if (operation.state !== "succeeded") throw new Error(`It has ${operation.state}.`);
    return Date.parse(operation.finishedAt) - Date.parse(operation.createdAt);
  }
}

async function bare(world: World, image: string): Promise<Waited> {
  const telegramBotToken = newBotToken();
  await world.telegram.say(telegramBotToken, USER, "first");
  const network = {
    subnet: `10.214.${SLICE}.${PLACE * 16}/28`,
    bridge: bridgesOf(SLICE)[PLACE] ?? "",
  };
  const codeCache = await findCodeCache(image);
  let [polledAt, answeredAt] = [0, 0];
  const firstAnswerMs = await dockerRun(
    PLACE,
    { image, ...LIMITS, assistant: { ...WANTED, telegramBotToken }, network, codeCache },
    async () => {
      await polled(world, telegramBotToken);
      polledAt = performance.now();
      await heard(world, telegramBotToken, "You said «first»");
      answeredAt = performance.now();
    },
  );
  return { firstPollMs: firstAnswerMs - (answeredAt - polledAt), firstAnswerMs };
}

/** A cell's milliseconds until its first poll, with what Berth would write for it. */
function cell(world: World, image: string, openclaw: string): Promise<number> {
  const secrets = { ...WANTED, ...ACTIVATION, telegramBotToken: newBotToken(), gatewayToken: "" };
  const { OPENCLAW_GATEWAY_TOKEN: _ofFleet, ...variables } = secretsEnvironment(secrets);
  const settings = openclawSettings(WANTED, SECRETS_IN_ENVIRONMENT);
  return fleetTalks(openclaw, { image, settings, variables, onBridge: world.lead }, () =>
    polled(world, secrets.telegramBotToken),
  );
}

/** Until the bot's messages are asked for. */
async function polled(world: World, token: string): Promise<void> {
  const isFirst = (call: TelegramCall) => call.token === token && call.method === "getUpdates";
  while (!world.telegram.calls.some(isFirst)) await sleep(POLL_MS);
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
