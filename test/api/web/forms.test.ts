// What forms send, what charts show, and texts of somebody else's.
import { expect, it } from "vitest";
import { hasLonely, pastRows, withSample } from "../../../api/web/api/samples.ts";
import type { components } from "../../../api/web/api/types.ts";
import {
  changesOf,
  reachesAssistant,
  settingsOf,
} from "../../../api/web/pages/assistant/settings/changes.ts";
import { plainText } from "../../../api/web/parts/plain-text.ts";
import { bytes, duration, heightsOf, roundBytes, roundStep } from "../../../api/web/parts/units.ts";

type Schemas = components["schemas"];

const STORED = settingsOf({
  name: "Ada",
  modelProvider: "xai",
  modelId: "grok",
  allowFrom: ["1", "2"],
  callbackUrl: "https://x.example/",
} as Schemas["Deployment"]);

it("PATCH is sent what was changed alone, and no stored secret", () => {
  expect(changesOf(STORED, STORED)).toBeUndefined();
  expect(changesOf(STORED, { ...STORED, name: "Bea", telegramBotToken: "1:A" })).toEqual({
    name: "Bea",
    telegramBotToken: "1:A",
  });
  expect(changesOf(STORED, { ...STORED, allowFrom: [], callbackUrl: " " })).toEqual({
    allowFrom: [],
    callbackUrl: null,
  });
});

it("PATCH is sent the address of a server only for the provider that has one, and fallbacks in their order", () => {
  expect(changesOf(STORED, { ...STORED, baseUrl: "https://models.example/v1" })).toBeUndefined();
  const compatible = {
    ...STORED,
    modelProvider: "openai-compatible",
    baseUrl: " https://models.example/v1 ",
  } as const;
  expect(changesOf(STORED, compatible)).toEqual({
    modelProvider: "openai-compatible",
    baseUrl: "https://models.example/v1",
  });
  const stored = { ...STORED, fallbackModels: ["a", "b"] };
  expect(changesOf(stored, { ...stored, fallbackModels: ["b", "a"] })).toEqual({
    fallbackModels: ["b", "a"],
  });
});

it("a name and a callback URL are nothing that the assistant knows", () => {
  expect(reachesAssistant({ name: "Bea", callbackUrl: null })).toBe(false);
  expect(reachesAssistant({ name: "Bea", modelId: "grok-2" })).toBe(true);
});

const usage = (receivedBytes: number | null) =>
  ({ receivedBytes, sentBytes: receivedBytes, cpuCores: 0.5 }) as Schemas["Usage"];

it("network is shown as bytes a second, but not across a container's new start", () => {
  const first = withSample([], usage(1_000), 0);
  const second = withSample(first, usage(4_000), 15_000);
  const third = withSample(second, usage(10), 30_000);
  const fourth = withSample(third, usage(null), 45_000);
  expect(fourth.map(({ receivedPerSecond }) => receivedPerSecond)).toEqual([null, 200, null, null]);
});

const AT = Date.parse("2026-11-30T10:00:00Z");
const past = (minute: number, seconds: number | null, cpuCores: number | null = 0.5) => ({
  at: new Date(AT + minute * 60_000).toISOString(),
  seconds,
  cpuCores,
  memoryBytes: 1,
  receivedBytesPerSecond: null,
  sentBytesPerSecond: null,
  stateUsedBytes: null,
});

it("the last hour's line breaks off where nothing was measured, and nowhere else", () => {
  const rows = pastRows([past(0, null, null), past(1, 60), past(2, 57), past(9, 60), past(11, null, null)]);
  expect(rows.map(({ at, memoryBytes }) => [(at - AT) / 60_000, memoryBytes])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [expect.closeTo(8, 3), null],
    [9, 1],
    [expect.closeTo(11, 3), null],
    [11, 1],
  ]);
  expect(pastRows([])).toEqual([]);
});

it("a value that no line leads to is shown as a dot", () => {
  expect([[1], [null, 1, null], [1, 2, null, 3]].map(hasLonely)).toEqual([true, true, true]);
  expect([[], [null], [1, 2], [null, 1, 2]].map(hasLonely)).toEqual([false, false, false, false]);
});

it("samples are kept for an hour", () => {
  const old = withSample([], usage(0), 0);
  expect(withSample(old, usage(0), 3_599_999)).toHaveLength(2);
  expect(withSample(old, usage(0), 3_600_000)).toHaveLength(1);
});

it.each([
  ["\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\", "link"],
  ["\u001b[2Ja\u0000b\u0007\nc\td", "ab\nc\td"],
  ["\u202egpj.exe\u2066", "gpj.exe"],
  ["<b>👩\u200d💻</b>", "<b>👩\u200d💻</b>"],
])("of %j %j is shown", (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

it("a chart's lines stand at round numbers of the unit that is written", () => {
  expect([0, 0.13, 0.2, 0.7, 30].map(roundStep)).toEqual([1, 0.2, 0.2, 1, 50]);
  const lines = [0, 3, 900, 40_000, 117e6, 700e6].map((about) => bytes(roundBytes(about)));
  expect([3.3, 0, 0.6].map((highest) => heightsOf(highest, roundStep))).toEqual([
    [0, 2, 4],
    [0, 1],
    [0, 0.2, 0.4, expect.closeTo(0.6)],
  ]);
  expect(lines).toEqual(["1 B", "5 B", "1000 B", "50.0 KiB", "200 MiB", "1000 MiB"]);
});

it("numbers have their units", () => {
  expect([0, 1_023, 1_536, 157_286_400].map(bytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "150 MiB"]);
  expect([0.4, 59, 61, 3_725, 86_400].map(duration)).toEqual([
    "0 s",
    "59 s",
    "1 min 1 s",
    "1 h 2 min",
    "1 d",
  ]);
});
