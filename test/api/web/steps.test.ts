// The engine's log in plain words.
import { expect, it } from "vitest";
import { remarksOf, stepsOf } from "../../../api/web/pages/assistant/progress/steps.ts";

type Entry = Parameters<typeof stepsOf>[0][number];
type Step = "started" | "done" | "failed";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const entry = (second: number, step: Step, op: string, resource: string): Entry => ({
  at: at(second),
  event: { kind: "resource", step, op, resource },
});

it("each resource is one step, in the order in which they began, with how long it took", () => {
  const steps = stepsOf([
    entry(0, "started", "create", "Volume handed"),
    entry(1, "started", "create", "Container openclaw"),
    entry(2, "done", "create", "Volume handed"),
    entry(3, "failed", "create", "Container openclaw"),
    entry(4, "started", "create", "Command readiness"),
  ]);
  expect(steps.map(({ words, state, from, until }) => [words, state, until && until - from])).toEqual([
    ["Make the place for its secrets", "done", 2_000],
    ["Make its container", "failed", 2_000],
    ["Wait until it says that it is ready", "running", null],
  ]);
});

it("parts of every target have words", () => {
  const parts = [
    "Service its",
    "StatefulSet assistant",
    "PersistentVolumeClaim data",
    "NetworkPolicy network",
  ];
  const steps = stepsOf(parts.map((part) => entry(0, "started", "create", part)));
  expect(steps.map(({ words }) => words)).toEqual([
    "Make its service",
    "Make its pod",
    "Make the place for its data",
    "Make its firewall",
  ]);
});

it("what is replaced is one step", () => {
  const steps = stepsOf([
    entry(0, "started", "create-replacement", "Command settings"),
    entry(1, "done", "create-replacement", "Command settings"),
    entry(1, "started", "replace", "Command settings"),
    entry(1, "done", "replace", "Command settings"),
    entry(2, "started", "delete-replaced", "Command settings"),
  ]);
  expect(steps.map(({ words, state }) => [words, state])).toEqual([["Renew its settings", "done"]]);
});

it("what changes nothing is no step, nor is a command that is forgotten", () => {
  expect(
    stepsOf([
      entry(0, "done", "same", "Network its"),
      entry(1, "started", "delete", "Command readiness"),
      entry(2, "started", "delete-replaced", "Command settings"),
    ]),
  ).toEqual([]);
});

it("what has no words of the page's keeps its own, without what a terminal obeys", () => {
  const [step] = stepsOf([entry(0, "started", "import", "Widget \u001b[31mred\u001b[0m\u202e")]);
  expect(step?.words).toBe("import Widget red");
});

it("errors and warnings are kept in their words, what is said by the way is not", () => {
  const said = (severity: string): Entry => ({
    at: at(0),
    event: { kind: "diagnostic", severity, message: `${severity}\u0007` },
  });
  expect(remarksOf([said("info"), said("warning"), said("error")])).toEqual(["warning", "error"]);
});
