// How far an assistant is, and whether what answers is one at all, by its answer to GET /startupz.
import { expect, it } from "vitest";
import { readStartupAnswer } from "../../../infra/assistant/startup-answer.ts";

const UNFIT = "no JSON with a status";

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
])("%i %s", (status, text, answer) => {
  expect(readStartupAnswer(status, text)).toEqual(answer);
});
