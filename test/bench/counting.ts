// What it costs the API that a gateway counts: status reads while streams flow through a gateway that keeps its books in the
// API's PostgreSQL, against the same streams through one that keeps none.
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { Beside } from "../support/faults/beside.ts";
import { Server } from "../support/faults/server.ts";
import { slotFor } from "../support/faults/strike.ts";
import { Worker } from "../support/faults/worker.ts";
import { freePort } from "../support/free-port.ts";
import { startPostgres } from "../support/postgres.ts";
import { type Program, start, stream, type Way, way } from "./gateway/programs.ts";
import { load, numbers } from "./reads.ts";
import { median, ratio, type Table } from "./table.ts";

const ROUNDS = 3;
/** Each takes a second: so many begin and end in each. */
const AT_ONCE = 50;
const [PIECES, EVERY_MS] = [20, 50];

export async function counting(image: string): Promise<Table> {
  const postgres = await startPostgres();
  const provider = await start("provider.ts");
  const without = await start("under-test.ts", provider.url);
  const settings = {
    BERTH_ASSISTANT_IMAGE: image,
    DATABASE_URL: postgres.url,
    BERTH_ROLE: "api",
    BERTH_MODEL_GATEWAY: "all",
    BERTH_GATEWAY_URL: "https://gateway.example.com",
    BERTH_ANTHROPIC_BASE_URL: provider.url,
  };
  const server = await Server.start(44, { settings });
  try {
    await Worker.start(server);
    const id = await slotFor(server, "stop");
    const ways = {
      "keeps no books": way(without, "/anthropic"),
      "keeps its books there": await counted(server, id),
    };
    const found = Object.keys(ways).map((what) => ({
      what,
      reads: [] as Awaited<ReturnType<typeof load>>[],
    }));
    for (let round = 0; round < ROUNDS; round++)
      for (const [at, one] of Object.values(ways).entries())
        found[at]?.reads.push(await whileStreaming(one, () => load(server, id)));
    const [base = Number.NaN] = found.map(({ reads }) => rate(reads));
    return [
      [`status reads while a gateway passes ${AT_ONCE} streams a second`, "reads/s", "p50", "p99", "ratio"],
      ...found.map(({ what, reads }) => {
        const middle = reads.find(({ requests }) => requests.average === rate(reads));
        return [`it ${what}`, ...(middle ? numbers(middle) : []), ratio(rate(reads), base)];
      }),
    ];
  } finally {
    await server.close();
    for (const { process } of [provider, without] satisfies Program[]) process.disconnect();
    await postgres.stop();
  }
}

function rate(reads: readonly Awaited<ReturnType<typeof load>>[]): number {
  return median(reads.map(({ requests }) => requests.average));
}

/** The real one, as a process of its own. */
async function counted(server: Server, id: string): Promise<Way> {
  const port = await freePort();
  const says = "Berth passes requests on to models";
  await Beside.start(server, { role: "gateway", says, settings: { BERTH_GATEWAY_PORT: `${port}` } });
  const { models } = JSON.parse(readFileSync(join(server.dataDir, "secrets", `${id}.json`), "utf8"));
  const agent = new Agent({ keepAlive: true });
  return { url: `http://127.0.0.1:${port}/anthropic`, agent, token: models.anthropic };
}

async function whileStreaming<T>(one: Way, act: () => Promise<T>): Promise<T> {
  let isOver = false;
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    while (!isOver) await stream(one, PIECES, EVERY_MS);
  });
  try {
    return await act();
  } finally {
    isOver = true;
    await Promise.all(lanes);
  }
}
