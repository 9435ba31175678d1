// The engine's frames become whole lines, wherever they are cut: only in a whole line a secret is sure to be seen.
import { expect, it } from "vitest";
import type { LogLine } from "../../../infra/assistant/log-lines.ts";
import { linesOf } from "../../../infra/docker/logs.ts";

it("lines are whole wherever output and frames are cut, in any character", async () => {
  const text = "one\nzwölf 🦞\n\nlast without an end";
  const bytes = Buffer.concat([...Buffer.from(text)].map((byte) => frame(1, Buffer.from([byte]))));
  for (const size of [1, 3, 7, 8, 9, 1_000]) {
    expect(await read(pieces(bytes, size)), `pieces of ${size}`).toEqual(text.split("\n"));
  }
});

it("lines of output and of errors are not mixed up", async () => {
  const frames = [frame(1, "out-"), frame(2, "err-"), frame(1, "put\n"), frame(2, "or\n")];
  expect(await read(frames)).toEqual(["out-put", "err-or"]);
});

it("terminal codes and control characters are taken out, wherever output is cut", async () => {
  const text = "\x1b[1;31mred\x1b[0m\r\0\ttab\x1b]0;title\x07\x1b[?25l [31m\x1b[\n";
  expect(await read([frame(1, text)])).toEqual(["red\ttab [31m"]);
  expect(await read([...text].map((character) => frame(1, character)))).toEqual(["red\ttab [31m"]);
});

it("a line without an end is bounded, and what could be a part of a secret is not shown", async () => {
  const secret = "s".repeat(1_500);
  const line = "x".repeat(65_536 - 700) + secret;
  const [cut, next] = await read([...Array(20).fill(frame(1, line)), frame(1, "\nnext\n")]);
  expect(cut?.length).toBeLessThan(65_536);
  expect(cut).toMatch(/^x+ … \(cut\)$/);
  expect(next).toBe("next");
});

it("a line has the moment of its first piece; a moment that the assistant itself writes is text", async () => {
  const pieces = [
    frame(1, "long ", moment(1)),
    frame(2, "error\n", moment(2)),
    frame(1, "line\n", moment(3)),
    frame(1, `${moment(9)} one\n`, moment(4)),
    frame(1, "no end", moment(5)),
  ];
  expect(await readLines(pieces)).toEqual([
    { at: moment(2), text: "error" },
    { at: moment(1), text: "long line" },
    { at: moment(4), text: `${moment(9)} one` },
    { at: moment(5), text: "no end" },
  ]);
});

function moment(second: number): string {
  return `2026-01-02T03:04:0${second}.678901234Z`;
}

function frame(output: number, text: string | Buffer, at = moment(0)): Buffer {
  const bytes = Buffer.concat([Buffer.from(`${at} `), Buffer.from(text as string)]);
  const header = Buffer.from([output, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function read(stream: readonly Buffer[]): Promise<string[]> {
  return (await readLines(stream)).map(({ text }) => text);
}

async function readLines(stream: readonly Buffer[]): Promise<LogLine[]> {
  async function* source() {
    yield* stream;
  }
  const lines: LogLine[] = [];
  for await (const line of linesOf(source())) lines.push(line);
  return lines;
}
