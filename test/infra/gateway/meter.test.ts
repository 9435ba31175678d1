import { describe, expect, it } from "vitest";
import { JsonFields } from "../../../infra/gateway/json-fields.ts";
import { openMeter } from "../../../infra/gateway/meter.ts";
import { multipartFields } from "../../../infra/gateway/multipart-fields.ts";
import { fc } from "../../support/fast-check.ts";

const STREAM = Buffer.from(
  [
    'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}',
    'data: {"choices":[{"delta":{"content":"ü \\"usage\\": {\\"input_tokens\\": 9999}"}}],"usage":null}',
    ": a comment with usage",
    'data: {"type":"message_delta","usage":{"output_tokens":15,"input_tokens":null}}\r',
    'data: {"type":"message_delta","usage":{"output_tokens":7}}',
    "data: [DONE]",
    "data: not JSON, with usage",
  ].join("\n\n"),
);
const JSON_ANSWER = Buffer.from(
  '{"id":"x","content":[{"input":{"usage":{"output_tokens":9999}},"s":"}{\\"usage\\":{\\\\"}],"\\u0075sage":{"output_tokens":15,"input_tokens":25},"z":[1,{"usage":0}]}',
);

function saidOf(contentType: string, whole: Buffer, cuts: readonly number[]) {
  const meter = openMeter(contentType);
  const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
  places.slice(1).forEach((end, at) => {
    // What was read from the network is overwritten later.
    const piece = Buffer.from(whole.subarray(places[at], end));
    meter.feed(piece);
    piece.fill(0);
  });
  void meter.end();
  return meter.said?.usage;
}

describe.each([
  ["a stream", "text/event-stream; charset=utf-8", STREAM],
  ["an answer of JSON", "application/json", JSON_ANSWER],
])("%s counts the same", (_what, contentType, whole) => {
  it("cut in two at every byte", () => {
    for (let cut = 0; cut <= whole.length; cut++)
      expect(saidOf(contentType, whole, [cut])).toEqual({ input_tokens: 25, output_tokens: 15 });
  });
  it("cut into any pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 60 }), (cuts) => {
        expect(saidOf(contentType, whole, cuts)).toEqual({ input_tokens: 25, output_tokens: 15 });
      }),
    );
  });
  it("byte by byte", () => {
    const cuts = Array.from({ length: whole.length }, (_, at) => at);
    expect(saidOf(contentType, whole, cuts)).toEqual({ input_tokens: 25, output_tokens: 15 });
  });
});

describe("fields of JSON", () => {
  it("are found in any object as JSON.parse finds them, and the object is known to be whole", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, cut) => {
        const names = Object.keys(object).filter((name) => Buffer.byteLength(JSON.stringify(name)) <= 256);
        const found = new Map<string, unknown>();
        const reader = new JsonFields(names, 1_000_000, (name, value) => void found.set(name, value));
        const bytes = Buffer.from(JSON.stringify(object, null, cut % 3));
        reader.feed(bytes.subarray(0, cut % bytes.length));
        expect(reader.isWholeObject).toBe(false);
        reader.feed(bytes.subarray(cut % bytes.length));
        expect(reader.isWholeObject).toBe(true);
        const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect(Object.fromEntries(found)).toEqual(
          Object.fromEntries(names.map((name) => [name, parsed[name]])),
        );
      }),
    );
  });
  it("that are too long are told as undefined", () => {
    const found: unknown[] = [];
    new JsonFields(["model"], 10, (name, value) => found.push([name, value])).feed(
      Buffer.from(`{"model":"${"x".repeat(20)}","model":"short"}`),
    );
    expect(found).toEqual([
      ["model", undefined],
      ["model", "short"],
    ]);
  });
});

describe("a multipart body", () => {
  const part = (head: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
  const fields = (text: string) => multipartFields("multipart/form-data; boundary=b", Buffer.from(text));

  it("tells its short fields, and no file", () => {
    const file = part('name="file"; filename="a.ogg"', "--not-b\r\nname=1");
    expect(fields(`${part('name="model"', "whisper-1")}${file}--b--\r\n`)).toEqual([["model", "whisper-1"]]);
  });
  it.each([
    ["without an end", part('name="model"', "x")],
    ["with a name without quotes", `${part("name=model", "x")}--b--`],
    ["with something before it", `x\r\n${part('name="model"', "x")}--b--`],
    ["without a head", "--b\r\nx\r\n--b--"],
  ])("%s is refused", (_what, text) => {
    expect(() => fields(text)).toThrow();
  });
});
