// `npm run -s berth -- sign-in`, as an operator runs it beside a running server.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import { send, signIn } from "../../support/browser-calls.ts";

const BERTH = new URL("../../../api/berth.ts", import.meta.url).pathname;

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(39, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

function command(env: Record<string, string> = {}) {
  const settings = { ...berth.environment, PORT: new URL(berth.url).port, ...env };
  return promisify(execFile)(process.execPath, [BERTH, "sign-in"], { env: settings });
}

it("prints a link that signs the operator in once, alone on standard output", async () => {
  const { stdout, stderr } = await command();
  expect(stderr).toMatch(/^Signs the operator in, once and until \d{4}-/);
  const [, page, link = ""] = /^(.*)#([A-Za-z0-9_-]{43})\n$/.exec(stdout) ?? [];
  expect(page).toBe(`${berth.url}/sign-in`);
  const { answer } = await signIn(berth.url, { link });
  expect(answer.body.data).toMatchObject({ isOperator: true });
  expect((await send(berth.url, "POST", "/api/v1/session", {}, { link })).status).toBe(401);
});

it("works for no other key than the operator's, nor without a server", async () => {
  await expect(command({ BERTH_API_KEY: "some-other-key-0123456789" })).rejects.toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr: expect.stringContaining("Send your API key"),
  });
  await expect(command({ PORT: "1" })).rejects.toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr: expect.stringContaining("does not answer"),
  });
});

it("what the server makes at its start is such a link, too", async () => {
  const link = new URL((await berth.makeSignInLink?.()) ?? "").hash.slice(1);
  expect((await signIn(berth.url, { link })).answer.body.data).toMatchObject({ isOperator: true });
});
