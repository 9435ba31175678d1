import { expect, it } from "vitest";
import { lastEndIn } from "../../../infra/docker/last-end.ts";

const event = (Action: string, Attributes: Record<string, string> = {}) =>
  JSON.stringify({ Type: "container", Action, Actor: { ID: "c", Attributes } });

it("the last end counts, with its exit code", () => {
  const lines = [event("die", { exitCode: "1" }), event("die", { exitCode: "78" })];
  expect(lastEndIn(lines)).toEqual({ OOMKilled: false, ExitCode: 78 });
});

it("one that ran out of memory did so in the run that ended, not in one before", () => {
  const killed = [event("oom"), event("die", { exitCode: "137" })];
  expect(lastEndIn(killed)).toEqual({ OOMKilled: true, ExitCode: 137 });
  expect(lastEndIn([...killed, event("die", { exitCode: "137" })])).toEqual({
    OOMKilled: false,
    ExitCode: 137,
  });
});

it("an engine that knows of no end says nothing", () => {
  expect(lastEndIn([])).toBeUndefined();
  expect(lastEndIn([event("oom")])).toBeUndefined();
});
