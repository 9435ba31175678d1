// Each lifecycle call with stand-ins and with plugins that are official ones to Berth, by turns. These are fakes: programs of
// their own that wait where the official docker plugin waits.
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { withOfficialPlugins } from "../support/official-plugins/paths.ts";
import { preparedSlot, timed } from "./lifecycle.ts";
import { median, ms, ratio, type Table } from "./table.ts";

const ROUNDS = 7;
const STEPS = ["activate", "unchanged redeploy", "stop", "redeploy", "delete"] as const;
type Times = Record<(typeof STEPS)[number], number>;

export async function plugins(image: string): Promise<Table> {
  const path = process.env.PATH ?? "";
  const settings = { BERTH_ASSISTANT_IMAGE: image, BERTH_CONCURRENCY: "1" };
  const standIns = await startTestBerth(71, settings);
  process.env.PATH = withOfficialPlugins();
  const official = await startTestBerth(72, settings).finally(() => {
    process.env.PATH = path;
  });
  const times: { readonly own: Times[]; readonly theirs: Times[] } = { own: [], theirs: [] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      times.own.push(await life(standIns));
      times.theirs.push(await life(official));
    }
  } finally {
    await standIns.close();
    await official.close();
  }
  const of = (all: readonly Times[], step: keyof Times) => median(all.map((round) => round[step]));
  return [
    [`p50 of ${ROUNDS} rounds`, "stand-ins", "fakes of official plugins", "ratio"],
    ...STEPS.map((step) => {
      const [own, theirs] = [of(times.own, step), of(times.theirs, step)];
      return [step, ms(own), ms(theirs), ratio(theirs, own)];
    }),
  ];
}

async function life(berth: TestBerth): Promise<Times> {
  const id = await preparedSlot(berth);
  return {
    activate: await timed(berth, id, "activate"),
    "unchanged redeploy": await timed(berth, id, "redeploy"),
    stop: await timed(berth, id, "stop"),
    redeploy: await timed(berth, id, "redeploy"),
    delete: await timed(berth, id, "delete"),
  };
}
