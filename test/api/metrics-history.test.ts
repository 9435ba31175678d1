// What assistants have used in the last hour, as it is recorded and read: an hour and no more, by any process of a database.
import { sql as raw } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sample } from "../../infra/found.ts";
import { forgetSamples, recordSamples } from "../../stacks/deployments/samples.ts";
import { callWith, newKey } from "../support/accounts.ts";
import { paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const MINUTE_MS = 60_000;
const SAMPLE = {
  seconds: 60,
  cpuCores: 0.25,
  memoryBytes: 300e6,
  receivedBytesPerSecond: 12.5,
  sentBytesPerSecond: null,
};

describe.each(["PGlite", "PostgreSQL"])("on %s", (kind) => {
  let postgres: PostgresServer | undefined;
  let berth: TestBerth;
  let another: TestBerth | undefined;
  let id: string;
  beforeAll(async () => {
    postgres = kind === "PostgreSQL" ? await startPostgres() : undefined;
    const environment = { BERTH_ROLE: "api", ...(postgres && { DATABASE_URL: postgres.url }) };
    berth = await startTestBerth(46, environment);
    if (postgres) another = await startTestBerth(47, { ...environment, BERTH_DATA_DIR: berth.dataDir });
    id = await active();
  });
  afterAll(async () => {
    await another?.stop();
    await berth?.close();
    await postgres?.stop();
  });

  async function active(): Promise<string> {
    const slot = await paidSlot(berth);
    await set(slot, { status: "active" });
    return slot;
  }

  const set = (of: string, values: object) =>
    berth.installation.sql.updateTable("deployments").set(values).where("id", "=", of).execute();
  const record = (of: string, at: Date, changed: Partial<Sample> = {}) =>
    recordSamples(berth.installation.sql, new Map([[of, { ...SAMPLE, at, ...changed }]]));
  const history = async (of = id, from = berth) => {
    const { status, body } = await from.call("GET", `${of}/metrics/history`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.data as unknown as ({ at: string } & Record<string, number | null>)[];
  };
  const kept = () =>
    berth.installation.sql
      .selectFrom("samples")
      .select(raw<number>`count(*)::int`.as("count"))
      .executeTakeFirst();

  it("one that was never measured has none; neither has a slot, and what is not there is 404", async () => {
    expect(await history()).toEqual([]);
    expect(await history(await paidSlot(berth))).toEqual([]);
    const unknown = await berth.call("GET", "01900000-0000-7000-8000-000000000000/metrics/history");
    expect(unknown.status).toBe(404);
  });

  it("each measurement is there with the data's size as it was known, by every process", async () => {
    const at = new Date(Date.now() - MINUTE_MS);
    await set(id, { state_use: JSON.stringify({ usedBytes: 4096 }) });
    await record(id, at);
    await record(id, new Date(), { seconds: null, cpuCores: null });
    const read = await history();
    expect(read).toEqual([
      { at: at.toISOString(), ...SAMPLE, stateUsedBytes: 4096 },
      { ...SAMPLE, at: expect.any(String), seconds: null, cpuCores: null, stateUsedBytes: 4096 },
    ]);
    if (another) expect(await history(id, another)).toEqual(read);
  });

  it("what is not active is not recorded, and another account does not see it", async () => {
    const stopped = await active();
    await set(stopped, { status: "stopped" });
    await record(stopped, new Date());
    expect(await history(stopped)).toEqual([]);
    const call = callWith(berth, await newKey(berth, { account: "curious", scopes: ["read"] }));
    expect((await call("GET", `${id}/metrics/history`)).status).toBe(404);
  });

  it("hours of it take the room of one, and the last one is read, oldest first", async () => {
    await berth.installation.sql.deleteFrom("samples").execute();
    const now = Date.now();
    for (let minute = 150; minute >= 0; minute--) await record(id, new Date(now - minute * MINUTE_MS + 50));
    const read = await history();
    expect(read).toHaveLength(60);
    const moments = read.map(({ at }) => Date.parse(at));
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(moments.at(-1)).toBe(now + 50);
    // Of the hours before there is nothing but what is written over next.
    expect((await kept())?.count).toBeLessThanOrEqual(120);
    await raw`update samples set at = at - interval '3 hours'`.execute(berth.installation.sql);
    expect(await history()).toEqual([]);
    await forgetSamples(berth.installation.sql);
    expect((await kept())?.count).toBe(0);
  });
});
