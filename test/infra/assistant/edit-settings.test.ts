// Berth's keys in the text of openclaw.json: whatever else is in it comes out as it went in.
import JSON5 from "json5";
import { expect, it } from "vitest";
import { editSettings, readSettings } from "../../../infra/assistant/edit-settings.mjs";
import { mergeSettings } from "../../../infra/assistant/merge-settings.mjs";
import { bytesOfText, textOfBytes } from "../../../infra/assistant/settings-bytes.mjs";
import { fc } from "../../support/fast-check.ts";

const OWNED = { gateway: { mode: "local", port: 18789 } };
const REF = '{ "source": "file", "provider": "berth", "id": "/gateway" }';

it("a number beyond 2^53, comments, a BOM, CRLF and odd indentation stay as they are", () => {
  const text = [
    "\ufeff// mine",
    "{",
    '\t  "channels": { "discord": { "allowFrom": [123456789012345678, 1.0, 1e2] } }, /* after */',
    '\t  "gateway": {"port" : 1 /* was */,  "mode":"local", theirs: +.5}, // tail',
    "\t  // last",
    "}",
    "",
  ].join("\r\n");
  expect(editSettings(text, { ...OWNED, agents: { defaults: { workspace: "w" } } })).toBe(
    text
      .replace('"port" : 1 ', '"port" : 18789 ')
      .replace(
        "\t  // last",
        '\t  // last\r\n\t  "agents": {\r\n\t  \t  "defaults": {\r\n\t  \t  \t  "workspace": "w"\r\n\t  \t  }\r\n\t  },',
      ),
  );
});

it.each([
  ["{}", '{\n  "a": 1\n}'],
  ["{ }\n", '{\n  "a": 1\n}\n'],
  ["{ // mine\n}", '{ // mine\n  "a": 1\n}'],
  ['{"b":2}', '{"b":2, "a": 1}'],
  ["{b:2 // two\n}", '{b:2, // two\n  "a": 1\n}'],
  ['{\n    "b": 2\n}\n', '{\n    "b": 2,\n    "a": 1\n}\n'],
  ["{\n b: 2, // two\n}", '{\n b: 2, // two\n "a": 1,\n}'],
  ["{a: 0, 'a': 2 /* counts */}", "{a: 0, 'a': 1 /* counts */}"],
  ["{'a': 0x1}", "{'a': 0x1}"],
  ["{null:-.5,𝒳y:'.5'}", "{null:-.5,𝒳y:'.5', \"a\": 1}"],
])("in %j a key is added or changed where it belongs", (text, expected) => {
  expect(editSettings(text, { a: 1 })).toBe(expected);
});

it.each([
  [`{\n  "a": 1,\n  "k": ${REF}\n}`, '{\n  "a": 1\n}'],
  [`{\n  "a": 1,\n  "k": ${REF}, // whose\n  "b": 2\n}`, '{\n  "a": 1,\n   // whose\n  "b": 2\n}'],
  [`{"a": 1, "k": ${REF} /* x */, "k": ${REF}}`, '{"a": 1   /* x */ }'],
  [`{"k": ${REF}, "a": 1}`, '{ "a": 1}'],
  [`{"a": {"k": ${REF}}}`, '{"a": {}}'],
])("a reference of Berth's that is not asked for goes from %j", (text, expected) => {
  expect(editSettings(text, {}).replace(/ +(?=\/\*)/, "   ")).toBe(expected);
});

it("an item is added to a list behind those that it has, and one with its id is completed", () => {
  const text = '{\n  "list": [\n    { "id": "x", "n": 123456789012345678 }\n  ]\n}';
  expect(editSettings(text, { list: { $add: { id: "y" } } })).toBe(
    text.replace(" }\n  ]", ' },\n    {\n      "id": "y"\n    }\n  ]'),
  );
  expect(editSettings(text, { list: { $add: { id: "x", n: 1, m: 2 } } })).toBe(
    text.replace("678 }", '678, "m": 2 }'),
  );
  const several = editSettings(text, { list: { $add: [{ id: "x", n: 1 }, { id: "y" }, { id: "z" }] } });
  expect(several).toContain("123456789012345678");
  expect(readSettings(several)).toMatchObject({ list: [{ id: "x" }, { id: "y" }, { id: "z" }] });
});

it.each(["garbage{", "[1]", "", "null", '{"a":1}}'])("%j is no text of settings", (text) => {
  expect(readSettings(text)).toBeUndefined();
  expect(() => editSettings(text, OWNED)).toThrow();
});

it("a file of as many references as fit is edited within seconds", () => {
  const refs = Array.from({ length: 15_000 }, (_, n) => `k${n}: {source:"env",id:"BERTH_${n}"},`);
  const startedAt = process.cpuUsage();
  expect(readSettings(editSettings(`{${refs.join("\n")}}`, OWNED))).toEqual(OWNED);
  expect(process.cpuUsage(startedAt).user / 1_000).toBeLessThan(10_000);
});

it("bytes that are no UTF-8 come out as they went in", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect([...bytesOfText(textOfBytes(bytes))]).toEqual([...bytes]);
    }),
  );
  const latin1 = Buffer.from('{ // caf\xe9\n  "\xe9\u00ff": "\xf0\x9f"\n}', "latin1");
  const edited = bytesOfText(editSettings(textOfBytes(latin1), { a: 1 }));
  expect(edited.toString("latin1")).toBe(latin1.toString("latin1").replace('"\n}', '",\n  "a": 1\n}'));
});

/** JSON5 with marks in its comments, and with spaces where there may be some. */
const space = fc.constantFrom("", " ", "\n  ", "\r\n\t", "/* c */", "// c\n", " // c\r\n  ");
const name = fc.constantFrom("a", "b", "gateway", "'k'", "null", "𝒳", '"mode"', "$x", '"__proto__"');
const { document } = fc.letrec<{ value: string; document: string }>((tie) => {
  const list = (open: string, entry: fc.Arbitrary<string>, close: string) =>
    fc
      .tuple(fc.array(fc.tuple(space, entry, space), { maxLength: 4 }), fc.constantFrom("", ","), space)
      .map(([entries, comma, end]) => {
        const inside = entries.map((parts) => parts.join("")).join(",");
        return `${open}${inside}${entries.length > 0 ? comma : ""}${end}${close}`;
      });
  const member = fc
    .tuple(name, space, space, tie("value"))
    .map(([key, a, b, value]) => `${key}${a}:${b}${value}`);
  return {
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("1", "123456789012345678", "0x1F", "'s'", '"\\u0041"', "null", "+.5", "-Infinity", REF),
      list("[", tie("value"), "]"),
      list("{", member, "}"),
    ),
    document: list("{", member, "}"),
  };
});

it("whatever the file: it means what it should, comments and foreign numbers stay, a second time changes nothing", () => {
  const owned = fc.constantFrom(
    OWNED,
    { a: { gateway: [1, 2] }, b: { $add: { id: "x" } } },
    { k: { a: "x" } },
    { gateway: "y" },
  );
  const count = (text: string, part: string) => text.split(part).length;
  fc.assert(
    fc.property(document, owned, (text, keys) => {
      expect(readSettings(text)).toEqual(JSON5.parse(text));
      const edited = editSettings(text, keys);
      expect(JSON5.parse(edited)).toEqual(mergeSettings(JSON5.parse(text), keys));
      expect(editSettings(edited, keys)).toBe(edited);
      if (keys === OWNED && !/gateway/.test(text) && !text.includes(REF)) {
        for (const part of ["/* c */", "// c", "123456789012345678", "\r\n\t"])
          expect(count(edited, part), part).toBeGreaterThanOrEqual(count(text, part));
      }
    }),
    { numRuns: 2_000 },
  );
});
