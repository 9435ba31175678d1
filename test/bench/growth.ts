// What an installation costs as it grows: an operation beside 2,000 other deployments, and 100 redeploys of one.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { startPostgres } from "../support/postgres.ts";
import { bytesOf } from "../support/resources.ts";
import { kib, median, ms, ratio, type Table } from "./table.ts";

const FEW = 10;
const MANY = 2_000;
const ROUNDS = 8;
const REDEPLOYS = 100;

export async function growth(image: string): Promise<Table> {
  const [small, large] = [await startPostgres(), await startPostgres()];
  const settings = (url: string) => ({
    BERTH_ASSISTANT_IMAGE: image,
    DATABASE_URL: url,
    BERTH_SUBNET_POOL: "10.216.0.0/16",
    BERTH_PORT_RANGE: "33000-37095",
  });
  const servers = [
    await Server.start(46, { settings: settings(small.url) }),
    // A range of its own: both have the first place of theirs in use.
    await Server.start(47, {
      settings: {
        ...settings(large.url),
        BERTH_SUBNET_POOL: "10.217.0.0/16",
        BERTH_PORT_RANGE: "38000-42095",
      },
    }),
  ] as const;
  try {
    const ids = [await slotFor(servers[0], "stop"), await slotFor(servers[1], "stop")] as const;
    await surround(servers[0], small.url, ids[0], FEW);
    await surround(servers[1], large.url, ids[1], MANY);
    const times = [[], []] as [number[], number[]];
    for (let round = 0; round < ROUNDS; round++) {
      for (const at of [0, 1] as const) times[at].push(await stopAndRedeploy(servers[at], ids[at]));
    }
    const [few, many] = [median(times[0]), median(times[1])];
    const early = bytesOf(servers[0].dataDir, ids[0]);
    for (let n = 0; n < REDEPLOYS; n++) await redeploy(servers[0], ids[0]);
    const late = bytesOf(servers[0].dataDir, ids[0]);
    return [
      ["growth", "before", "after", "ratio"],
      [`stop and redeploy beside ${FEW} or ${MANY} others`, ms(few), ms(many), ratio(many, few)],
      [`files of one deployment, ${REDEPLOYS} redeploys later`, kib(early), kib(late), ratio(late, early)],
    ];
  } finally {
    for (const server of servers) await server.close();
    for (const postgres of [small, large]) await postgres.stop();
  }
}

/** Copies of a deployment under other ids: its row, its operations, its state and its history. */
async function surround(server: Server, url: string, id: string, count: number): Promise<void> {
  const others = Array.from({ length: count }, () => crypto.randomUUID());
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // The server ends first where something else has failed: that is what is told then.
  client.on("error", () => {});
  const copy = async (table: string, column: string, change: (other: string, n: number) => object) => {
    const { rows } = await client.query(`select * from ${table} where ${column} = $1`, [id]);
    const copies = others.flatMap((other, n) => rows.map((row) => ({ ...row, ...change(other, n) })));
    const insert = `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`;
    await client.query(insert, [JSON.stringify(copies)]);
  };
  await copy("deployments", "id", (other, n) => ({
    id: other,
    checkout_id: crypto.randomUUID(),
    address: n + 1,
    bot_id: null,
    bot_proven_at: null,
  }));
  await copy("operations", "deployment_id", (other) => ({ id: crypto.randomUUID(), deployment_id: other }));
  await client.query("analyze");
  await client.end();
  const state = join(server.dataDir, "state/.pulumi");
  const checkpoint = readFileSync(join(state, `stacks/berth/${id}.json`), "utf8");
  for (const other of others) {
    writeFileSync(join(state, `stacks/berth/${other}.json`), checkpoint.replaceAll(id, other));
    cpSync(join(state, "history/berth", id), join(state, "history/berth", other), { recursive: true });
  }
}

async function stopAndRedeploy(server: Server, id: string): Promise<number> {
  const startedAt = performance.now();
  await accepted(server, id, "stop");
  await untilSettled(server, id);
  await redeploy(server, id);
  return performance.now() - startedAt;
}

async function redeploy(server: Server, id: string): Promise<void> {
  await accepted(server, id, "redeploy");
  const { status } = await untilSettled(server, id);
  if (status !== "active") throw new Error(`A redeploy ended ${status}.`);
}
