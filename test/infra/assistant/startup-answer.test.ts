// How far an assistant is, and whether what answers is one at all, by its answer to GET /startupz.
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { askStartup } from "../../../infra/assistant/startup-answer.ts";

const UNFIT = "no JSON with a status";
const ask = (status: number, ...pieces: string[]) =>
  askStartup(
    async () => ({ status, contentType: "", body: Readable.from(pieces.map(Buffer.from)) }),
    "",
    1_000,
  );

it.each([
  [200, '{"status":"started"}', { says: "started", isFit: true }],
  [201, '{"status":"started"}', { says: "started", isFit: true }],
  [503, '{"status":"starting"}', { says: "503 starting", isFit: true }],
  [503, '{"status":"started"}', { says: "503 started", isFit: true }],
  [500, '{"status":"started"}', { says: "500 started", isFit: false }],
  [302, '{"status":"started"}', { says: "302 started", isFit: false }],
  [200, "<html>Welcome!</html>", { says: UNFIT, isFit: false }],
  [200, '{"status":"star', { says: UNFIT, isFit: false }],
  [200, '{"status":1}', { says: UNFIT, isFit: false }],
  [200, "null", { says: UNFIT, isFit: false }],
  [503, "", { says: `503 ${UNFIT}`, isFit: false }],
  [200, '{"status":"the words of a stranger"}', { says: "another status", isFit: true }],
])("%i %s", async (status, text, answer) => {
  expect(await ask(status, text)).toEqual(answer);
});

it("of a page without end the beginning counts", async () => {
  const pages = Array<string>(1_000).fill("x".repeat(1_000));
  expect(await ask(200, ...pages)).toEqual({ says: UNFIT, isFit: false });
});

it("no answer says nothing against it", async () => {
  const refused = async () => Promise.reject(new Error("ECONNREFUSED"));
  expect(await askStartup(refused, "", 1_000)).toEqual({ says: "no answer", isFit: true });
});
