// From the call to a running assistant with real OpenClaw: Berth, OpenClaw's own supervisor and `docker run`, by turns.
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { ensureAssistantImage } from "../../infra/docker/images/ensure.ts";
import { ACTIVATION, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { NO_LOGINS } from "../support/registry.ts";
import { dockerRun } from "./docker-run.ts";
import { type Created, ensureOpenclaw, fleetCreate } from "./fleet.ts";
import { preparedSlot } from "./lifecycle.ts";
import { PAUSE_MS } from "./pace.ts";
import { median, ms, ratio, type Table } from "./table.ts";

const ROUNDS = 5;
const PLACE = 50;
/** What `fleet create` gives a cell unless told otherwise, and Berth an assistant. */
const LIMITS = { memoryMib: 2048, cpus: 2 } as const;

export async function openclaw(): Promise<Table> {
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
  const program = await ensureOpenclaw();
  const berth = await startTestBerth(41, {
    BERTH_ASSISTANT_IMAGE: DEFAULT_ASSISTANT_IMAGE,
    BERTH_MEMORY_MIB: String(LIMITS.memoryMib),
    BERTH_CPUS: String(LIMITS.cpus),
    BERTH_STARTUP_TIMEOUT: "200",
  });
  const [ours, run]: [number[], number[]] = [[], []];
  const fleet: Created[] = [];
  try {
    // Made once per image, in the background: of a host that has run for a minute it is a part.
    while (!(await findCodeCache(DEFAULT_ASSISTANT_IMAGE))) await sleep(1_000);
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await activate(berth));
      fleet.push(await fleetCreate(program));
      run.push(await dockerRun(PLACE + round, { image: DEFAULT_ASSISTANT_IMAGE, ...LIMITS }));
    }
  } finally {
    await berth.close();
  }
  const mine = median(ours);
  const row = (what: string, until: string, times: readonly number[]) => {
    const theirs = median(times);
    return [what, until, ms(theirs), ratio(mine, theirs)];
  };
  return [
    [`real OpenClaw, p50 of ${ROUNDS} rounds`, "until", "time", "Berth's to it"],
    row("Berth: HTTP call", "status active, after `/startupz`", ours),
    row("`docker run`, all else prepared", "`/startupz`", run),
    row(
      "`openclaw fleet create`",
      "its end, after `/healthz`",
      fleet.map(({ ended }) => ended),
    ),
    row(
      "the same",
      "`/startupz`",
      fleet.map(({ started }) => started),
    ),
  ];
}

async function activate(berth: TestBerth): Promise<number> {
  const id = await preparedSlot(berth);
  await sleep(PAUSE_MS);
  const startedAt = performance.now();
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  const took = performance.now() - startedAt;
  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
  return took;
}
