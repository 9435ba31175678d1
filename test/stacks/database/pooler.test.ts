// A real pgbouncer before a real PostgreSQL: by session it works, and outlives PostgreSQL's restarts; by transaction or
// statement it is refused.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql as raw } from "kysely";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../../stacks/database/database.ts";
import { startPgbouncer } from "../../support/pgbouncer.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

const PROGRAM = fileURLToPath(new URL("../../support/database-process.ts", import.meta.url));
const PROCESSES = 3;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

it.each(["transaction", "statement"] as const)("by %s is refused, in one sentence", async (mode) => {
  const pooler = await startPgbouncer(postgres, mode);
  onTestFinished(() => pooler.stop());
  const refusal = await openDatabase({ url: pooler.url }).then(
    async (database) => void (await database.close()),
    (error: Error) => error.message,
  );
  expect(refusal).toMatch(
    /^DATABASE_URL leads to a pooler that pools by transaction or statement.*session.*\.$/,
  );
});

it("no statement is compiled: none runs as long as that takes", async () => {
  const database = await openDatabase({ url: postgres.url });
  onTestFinished(() => database.close());
  expect((await raw`show jit`.execute(database.sql)).rows).toEqual([{ jit: "off" }]);
});

it("by session each process outlives restarts of PostgreSQL, and works again", async () => {
  const pooler = await startPgbouncer(postgres, "session");
  onTestFinished(() => pooler.stop());
  const children = Array.from({ length: PROCESSES }, () => start(pooler.url));
  onTestFinished(() => void children.map(({ child }) => child.kill("SIGKILL")));
  await Promise.all(children.map(({ child }) => once(child, "message")));
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL", "SIGINT"] as const) {
    await postgres.end(signal);
    await sleep(1_000);
    await postgres.start();
    await Promise.all(
      children.map(async ({ child, said }) => {
        child.send("?");
        const answer = await Promise.race([once(child, "message"), once(child, "exit").then(said)]);
        expect(answer).toEqual(["works", undefined]);
      }),
    );
  }
  // What each still has to hear of the last restart.
  await sleep(3_000);
  expect(children.map(({ child }) => child.exitCode)).toEqual([null, null, null]);
});

function start(url: string): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [PROGRAM, url], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  return { child, said: () => text };
}
