// As many activations as the machine can do: four at a time, for both.
import { ACTIVATION, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { plainScript } from "./contenders.ts";
import { preparedSlot } from "./lifecycle.ts";
import { ratio, type Table } from "./table.ts";

const AT_ONCE = 4;
const EACH = 3;

export async function saturation(image: string): Promise<Table> {
  const berth = await startTestBerth(43, { BERTH_ASSISTANT_IMAGE: image, BERTH_CONCURRENCY: `${AT_ONCE}` });
  try {
    // A worker that is busy has its processes loaded; so has the plain script before it is told to go.
    await activate(berth, AT_ONCE);
    const plain = await plainRate(image);
    const ours = await activate(berth, AT_ONCE * EACH);
    return [
      [
        `activations a minute, ${AT_ONCE} at once, ${AT_ONCE * EACH} in all`,
        "Berth",
        "plain script",
        "ratio",
      ],
      ["paid slot → active", ours.toFixed(0), plain.toFixed(0), ratio(ours, plain)],
    ];
  } finally {
    await berth.close();
  }
}

async function activate(berth: TestBerth, count: number): Promise<number> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await preparedSlot(berth));
  const startedAt = performance.now();
  await Promise.all(
    ids.map(async (id) => {
      await berth.call("POST", `${id}/activate`, ACTIVATION);
      await waitForStatus(berth, id, "active");
    }),
  );
  const minutes = (performance.now() - startedAt) / 60_000;
  for (const id of ids) await berth.call("DELETE", id);
  for (const id of ids) await waitForStatus(berth, id, "deleted");
  return count / minutes;
}

async function plainRate(image: string): Promise<number> {
  const scripts = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) =>
      plainScript<{ endedAt: number }>("activations", { image, place: 20 + n * EACH, count: EACH }),
    ),
  );
  const startedAt = Date.now();
  const ended = await Promise.all(scripts.map((script) => script.go()));
  return (AT_ONCE * EACH * 60_000) / (Math.max(...ended.map(({ endedAt }) => endedAt)) - startedAt);
}
