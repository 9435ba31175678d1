// Which poolers are taken and which refused, by fakes of them; a real pgbouncer is in pooler.test.ts.
import { expect, it, onTestFinished } from "vitest";
import { assertSessions } from "../../../stacks/database/sessions.ts";
import { startPooler } from "../../support/fake-postgres.ts";

async function refusal(...pooler: Parameters<typeof startPooler>): Promise<string | undefined> {
  const { url, close } = await startPooler(...pooler);
  onTestFinished(close);
  return assertSessions(url).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

it("sessions of one's own are taken", async () => {
  expect(await refusal("session")).toBeUndefined();
});

it.each([
  ["transaction", "last"],
  // It goes round its sessions: none of the others gets the first one's.
  ["transaction", "first"],
  ["statement", "last"],
] as const)(
  "pooling by %s, which gives the %s free session, is refused with what works",
  async (mode, next) => {
    const sentence = await refusal(mode, next);
    expect(sentence).toMatch(
      /^DATABASE_URL leads to a pooler that pools by transaction or statement, [^.]*\.$/,
    );
    expect(sentence).toMatch(/PostgreSQL itself.*session mode/);
  },
);

it("a server that is not there is no pooler: its own error is told", async () => {
  await expect(assertSessions("postgres://x@127.0.0.1:1/x")).rejects.toThrow(/ECONNREFUSED/);
});
