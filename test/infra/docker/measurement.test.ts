// What measures an assistant's data is not trusted: its text is read as it is meant, or not at all; and what it could not count
// to the end is too much.
import { describe, expect, it } from "vitest";
import { parseMeasurement, TooMuchToMeasure } from "../../../infra/docker/measurement.ts";

const HEADING = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
const DISK = `${HEADING}/dev/sda 1000 400 600 40% /home/node/.openclaw\n`;
const GOOD = `${DISK}12\t/home/node/.openclaw\n0\n0\n3\n`;

it("what it prints is read as it is meant", () => {
  const bytes = { usedBytes: 12_288, freeBytes: 614_400, diskBytes: 1_024_000 };
  expect(parseMeasurement(GOOD)).toEqual(bytes);
  expect(parseMeasurement(GOOD.replace("\n3\n", "\n      4\n")).usedBytes).toBe(16_384);
  expect(parseMeasurement(GOOD.replace("/dev/sda", "//nas/a share"))).toEqual(bytes);
  expect(parseMeasurement(GOOD.replace(" 600 40%", " -5 101%")).freeBytes).toBe(0);
  expect(parseMeasurement(GOOD.replace(" 600 40%", " 0 -")).freeBytes).toBe(0);
  expect(parseMeasurement(GOOD.replace("\n0\n0\n", "\n1\n1\n")), "a file has gone meanwhile").toEqual(bytes);
});

describe("what was not counted to the end is too much", () => {
  it.each([
    ["du was killed", `${DISK}137\n0\n3\n`],
    ["find was killed", `${DISK}12\t/x\n0\n137\n2\n`],
    ["both were", `${DISK}137\n137\n      0\n`],
    ["du took all the time", DISK],
    ["find took all the time", `${DISK}12\t/x\n0\n`],
    ["everything was killed", `${DISK}137\n137\n`],
  ])("%s", (_what, text) => {
    const thrown = catching(text);
    expect(thrown).toBeInstanceOf(TooMuchToMeasure);
    expect(thrown).toMatchObject({ disk: { freeBytes: 614_400, diskBytes: 1_024_000 } });
  });
});

it.each([
  ["nothing", ""],
  ["no du", `${DISK}127\n0\n3\n`],
  ["no find", `${DISK}12\t/x\n0\n127\n0\n`],
  ["no df", "12\t/home/node/.openclaw\n0\n0\n3\n"],
  ["less than nothing", GOOD.replace("12", "-12")],
  ["what is no number", GOOD.replace("12", "1e9")],
  ["more than there is on earth", GOOD.replace("12", "9".repeat(13))],
  ["two lines of du", `${DISK}1\t/x\n12\t/x\n0\n0\n3\n`],
  ["something behind it", `${GOOD}12\t/x\n`],
  ["a cut line", GOOD.slice(0, -1)],
])("it can't be measured by %s", (_what, text) => {
  const thrown = catching(text);
  expect(thrown).not.toBeInstanceOf(TooMuchToMeasure);
  expect(thrown).toMatchObject({ message: expect.stringContaining("could not be measured") });
});

function catching(text: string): unknown {
  try {
    return parseMeasurement(text);
  } catch (error) {
    return error;
  }
}
