// Names, asked of a real name server on loopback that answers as the test wants.
import { createSocket } from "node:dgram";
import { afterEach, expect, it } from "vitest";
import { addressesOf, resolveByDns } from "../../../stacks/callbacks/network.ts";
import { ownTime } from "../../support/own-time.ts";

type Answers = Partial<Record<"A" | "AAAA", readonly (readonly number[])[] | "silence">> & {
  readonly alias?: true;
};

const TYPES = { A: 1, AAAA: 28 } as const;
const PUBLIC_4 = [93, 184, 215, 14];
const PUBLIC_6 = [0x26, 6, 0x28, 0, 2, 0x1f, 0xcb, 7, 0x68, 0x20, 0x80, 0xda, 0xaf, 0x6b, 0x8b, 0x2c];

let stop = () => {};
afterEach(() => stop());

/** What Berth would dial for a name about which its name server says that. */
async function dialled(answers: Answers): Promise<readonly string[]> {
  const server = createSocket("udp4");
  server.on("message", (query, { port, address }) => {
    const reply = replyTo(query, answers);
    if (reply) server.send(reply, port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  stop = () => server.close();
  const resolve = resolveByDns([`127.0.0.1:${server.address().port}`]);
  return addressesOf({ resolve, pinned: [] }, new URL("https://hooks.example/"));
}

/** RFC 1035: the header, the question as it came, the records. */
function replyTo(query: Buffer, answers: Answers): Buffer | undefined {
  const end = query.indexOf(0, 12) + 5;
  const kind = query.readUInt16BE(end - 4) === TYPES.A ? "A" : "AAAA";
  const data = answers[kind] ?? [];
  if (data === "silence") return undefined;
  const alias = Buffer.from("\x09localhost\0", "latin1");
  const records = data.map((bytes) =>
    record(TYPES[kind], Buffer.from(bytes), answers.alias ? alias : undefined),
  );
  if (answers.alias) records.unshift(record(5, alias));
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(records.length, 6);
  header.fill(0, 8);
  return Buffer.concat([header, query.subarray(12, end), ...records]);
}

function record(type: number, data: Buffer, name = Buffer.from([0xc0, 12])): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, fixed, data]);
}

it.each([
  [
    "both kinds",
    { A: [PUBLIC_4], AAAA: [PUBLIC_6] },
    ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
  ],
  ["A alone", { A: [PUBLIC_4] }, ["93.184.215.14"]],
  ["A, and is silent about AAAA", { A: [PUBLIC_4], AAAA: "silence" }, ["93.184.215.14"]],
] as const)("a name that has %s is dialled there", async (_, answers, expected) => {
  expect(await dialled(answers)).toEqual(expected);
});

it.each([
  ["a private one among others", { A: [PUBLIC_4, [10, 0, 0, 1]] }],
  ["a public A and a private AAAA", { A: [PUBLIC_4], AAAA: [[...Array(15).fill(0), 1]] }],
  ["an alias of localhost", { A: [[127, 0, 0, 1]], alias: true }],
  ["17 addresses", { A: Array.from({ length: 17 }, (_, last) => [93, 184, 215, last]) }],
] as const)("a name that has %s is dialled nowhere", async (_, answers) => {
  await expect(dialled(answers)).rejects.toThrow("must resolve to public addresses only");
});

it("a name without addresses, and one whose server is silent, are dialled nowhere", async () => {
  await expect(dialled({})).rejects.toThrow("does not resolve");
  stop();
  const ownMs = ownTime();
  await expect(dialled({ A: "silence", AAAA: "silence" })).rejects.toThrow(
    /does not resolve|did not resolve in time/,
  );
  expect(ownMs()).toBeLessThan(6_000);
});
