// Comparing a place with its records: what an observer finds, fails at, or can't ask, on the records of a real database.
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { EngineAway } from "../../../infra/target.ts";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot, getDeployment } from "../../../stacks/deployments/deployments.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import {
  compareRegularly,
  type Found,
  type LastLook,
  type Observer,
} from "../../../stacks/watch/drift-watch.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";
import { settle } from "../../support/settled.ts";

const PLACE = { target: "docker", region: null };
const ENDED = { state: "ended", detail: "It does not run." } as const;

let database: Database;
let id: string;
let other: string;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  await database.sql.updateTable("deployments").set({ status: "deleted" }).execute();
  [id, other] = [await active(), await active()];
});

async function active(): Promise<string> {
  const slot = await createSlot(database.sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 });
  await settle(database.sql, slot.id, "activate");
  await database.sql.updateTable("deployments").set({ status: "active" }).where("id", "=", slot.id).execute();
  return slot.id;
}

/** Looks as often as there are answers; each is asked for what is found of a deployment. @returns how each look went */
async function look(...answers: ((deploymentId: string) => Found)[]): Promise<LastLook[]> {
  const over = new AbortController();
  const went: LastLook[] = [];
  let answer = answers[0];
  const parts = {
    sql: database.sql,
    box: new SecretBox(Buffer.alloc(32)),
    settings: { dataDir: "/none", places: [PLACE], modelKeys: {} },
    log: pino({ level: "silent" }),
  };
  const observer: Observer = {
    name: "the world",
    awayAfterMs: 20,
    async untilDue(last) {
      went.push(last);
      answer = answers[went.length - 1];
      if (!answer) over.abort();
      await sleep(30);
      return undefined;
    },
    async look(deployments, compare) {
      for (const deployment of deployments) await compare(deployment, async () => answer?.(deployment.id));
    },
  };
  await compareRegularly(parts, PLACE, observer, over.signal);
  return went.slice(1);
}

const seen = async (of = id) =>
  (await getDeployment(database.sql, DEFAULT_ACCOUNT_ID, of)).seen?.state ?? null;
const differs = () => ({ difference: ENDED });
const away = (): Found => {
  throw new EngineAway(new Error("gone"));
};

it("a difference is recorded, and goes", async () => {
  expect(await look(differs)).toEqual(["done"]);
  expect(await seen()).toBe("ended");
  expect(await look(() => ({ difference: undefined }))).toEqual(["done"]);
  expect(await seen()).toBe(null);
});

it("what can't be found out about one deployment keeps no other waiting", async () => {
  const went = await look((of) => {
    if (of === id) throw new Error("odd");
    return { difference: ENDED };
  });
  expect([went, await seen(id), await seen(other)]).toEqual([["done"], null, "ended"]);
});

it("a target that is away for longer is unknown, and known again when it answers", async () => {
  expect(await look(away)).toEqual(["away"]);
  expect(await seen(), "one silence may be bad luck").toBe(null);
  expect(await look(away, away)).toEqual(["away", "away"]);
  expect(await seen()).toBe("unknown");
  expect(await look(away, () => ({ difference: undefined }), away)).toEqual(["away", "done", "away"]);
  expect(await seen(), "it is counted from the first silence again").toBe(null);
});

it("an assistant that ended again and again has failed", async () => {
  const crash = { detail: "It has ended 5 times.", howItEnds: "5 restarts", lastLines: "gone" };
  expect(await look(() => ({ crash }))).toEqual(["done"]);
  const { status, operation_id } = await getDeployment(database.sql, DEFAULT_ACCOUNT_ID, id);
  const { kind, error } = await database.sql
    .selectFrom("operations")
    .selectAll()
    .where("id", "=", operation_id)
    .executeTakeFirstOrThrow();
  expect([status, kind, error?.code]).toEqual(["failed", "crash", "CRASHED"]);
});
