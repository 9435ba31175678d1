// What is known of an assistant between two readings: counters that began again, gaps, and what a target has measured itself.
import { expect, it } from "vitest";
import type { Reading } from "../../../infra/found.ts";
import { sampleOf } from "../../../stacks/watch/samples.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30) + seconds * 1_000);
const reading = (changed: Partial<Reading> = {}): Reading => ({
  at: at(0),
  run: "one",
  cpuSeconds: 10,
  cpuCores: null,
  memoryBytes: 1_000,
  receivedBytes: 500,
  sentBytes: 0,
  ...changed,
});
const NOTHING_KNOWN = {
  seconds: null,
  cpuCores: null,
  memoryBytes: 1_000,
  receivedBytesPerSecond: null,
  sentBytesPerSecond: null,
};

it("is the average since the reading before", () => {
  const next = reading({ at: at(60), cpuSeconds: 40, receivedBytes: 6_500, sentBytes: 60 });
  expect(sampleOf(reading(), next)).toEqual({
    at: at(60),
    seconds: 60,
    cpuCores: 0.5,
    memoryBytes: 1_000,
    receivedBytesPerSecond: 100,
    sentBytesPerSecond: 1,
  });
});

it.each([
  ["the first reading", undefined, 60],
  ["another run, whose counters are higher already", reading({ run: "another", cpuSeconds: 0 }), 60],
  ["a reading long ago", reading(), 601],
  ["a clock that was set back", reading({ at: at(90) }), 60],
])("after %s nothing but the memory is known", (_what, before, seconds) => {
  expect(sampleOf(before, reading({ at: at(seconds) }))).toEqual({ ...NOTHING_KNOWN, at: at(seconds) });
});

it("counters of the same container that began again are not known either", () => {
  const next = reading({ at: at(60), cpuSeconds: 1, receivedBytes: 0 });
  const { cpuCores, receivedBytesPerSecond, sentBytesPerSecond } = sampleOf(reading(), next);
  expect([cpuCores, receivedBytesPerSecond, sentBytesPerSecond]).toEqual([null, null, 0]);
});

it("what a target averages by itself is taken as it is", () => {
  const own = { cpuSeconds: null, cpuCores: 0.25, receivedBytes: null, sentBytes: null };
  const next = sampleOf(reading(own), reading({ ...own, at: at(60) }));
  expect(next).toMatchObject({ seconds: 60, cpuCores: 0.25, receivedBytesPerSecond: null });
});
