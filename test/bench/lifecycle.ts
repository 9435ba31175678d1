// Each lifecycle call by itself: Berth, the plain script and `docker run`, by turns.
import { setTimeout as sleep } from "node:timers/promises";
import { ACTIVATION, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { plainScript } from "./contenders.ts";
import { dockerRun } from "./docker-run.ts";
import { PAUSE_MS } from "./pace.ts";
import type { Times } from "./plain-script.ts";
import { median, ms, ratio, type Table } from "./table.ts";

const ROUNDS = 7;
/** As often as `docker run` is asked whether it has started. */
const ASK_EVERY_MS = 20;
export const STEPS = ["activate", "stop", "redeploy", "delete"] as const;

export async function lifecycle(image: string): Promise<Table> {
  const berth = await startTestBerth(40, { BERTH_ASSISTANT_IMAGE: image, BERTH_CONCURRENCY: "1" });
  const ours: Times[] = [];
  const plain: Times[] = [];
  const run: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      plain.push(await (await plainScript<Times>("lives", { image, place: round })).go());
      run.push(await dockerRun(round, { image, memoryMib: 64, cpus: 0.5 }));
      ours.push(await life(berth));
    }
  } finally {
    await berth.close();
  }
  const of = (times: readonly Times[], step: keyof Times) => median(times.map((round) => round[step]));
  return [
    [
      `p50 of ${ROUNDS} rounds`,
      "Berth: HTTP call → status",
      "plain script",
      "ratio",
      "`docker run`",
      "ratio",
    ],
    ...STEPS.map((step) => {
      const [mine, theirs] = [of(ours, step), of(plain, step)];
      const bare = step === "activate" ? [ms(median(run)), ratio(mine, median(run))] : ["", ""];
      return [step, ms(mine), ms(theirs), ratio(mine, theirs), ...bare];
    }),
  ];
}

/** A life from a paid slot on. */
export async function life(berth: TestBerth): Promise<Times> {
  const id = await preparedSlot(berth);
  return {
    activate: await timed(berth, id, "activate"),
    stop: await timed(berth, id, "stop"),
    redeploy: await timed(berth, id, "redeploy"),
    delete: await timed(berth, id, "delete"),
  };
}

const CALLS = {
  activate: ["POST", "/activate", "active", ACTIVATION],
  stop: ["POST", "/stop", "stopped", undefined],
  redeploy: ["POST", "/redeploy", "active", {}],
  delete: ["DELETE", "", "deleted", undefined],
} as const;

/** Milliseconds from a call until its operation has ended, and led where it was to. */
export async function timed(berth: TestBerth, id: string, call: keyof typeof CALLS): Promise<number> {
  const [method, path, wanted, body] = CALLS[call];
  await sleep(PAUSE_MS);
  const startedAt = performance.now();
  await berth.call(method, `${id}${path}`, body);
  for (; ; await sleep(ASK_EVERY_MS)) {
    const { data } = (await berth.call("GET", `${id}/status`)).body;
    const operation = data?.operation as { finishedAt: string | null } | null | undefined;
    if (!operation?.finishedAt) continue;
    if (data?.status !== wanted) throw new Error(`Not ${wanted}: ${JSON.stringify(data)}`);
    return performance.now() - startedAt;
  }
}

/** A paid slot with its network and volume: while a customer fills in the form of the activation they are made. */
export async function preparedSlot(berth: TestBerth): Promise<string> {
  const id = await paidSlot(berth);
  for (; ; await sleep(20)) {
    const { body } = await berth.call("GET", `${id}/status`);
    const operation = body.data?.operation as { finishedAt: string | null } | undefined;
    if (operation?.finishedAt) return id;
  }
}
