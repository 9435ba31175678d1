// The ids of assistants' users: one for each port, and never one that the host has given to somebody else.
import { expect, it } from "vitest";
import { freeUid, idsIn, isUidOf, uidIn, userText } from "../../../infra/docker/user.ts";

const PASSWD = "root:x:0:0:root:/root:/bin/bash\nanna:x:1000:1000::/home/anna:/bin/sh\n+::::::\n";

it("every port has another one, which the engine and tmpfs take", () => {
  const uids = [1024, 20_000, 20_001, 65_535].map((port) => freeUid(port, []));
  expect(new Set(uids).size).toBe(4);
  for (const uid of uids) expect(uid).toBeLessThan(2 ** 31);
  expect(uids[1]).toBe(2_100_020_000);
});

it("an id that the host has given away is skipped, and so are ranges of subordinate ones", () => {
  const taken = idsIn(`${PASSWD}ldap:x:2100020000:5::/:\n`, "anna:100000:65536\nberth:2100100000:300000\n");
  expect(taken).toEqual([
    { first: 0, count: 1 },
    { first: 1000, count: 1 },
    { first: 2_100_020_000, count: 1 },
    { first: 100_000, count: 65_536 },
    { first: 2_100_100_000, count: 300_000 },
  ]);
  expect(freeUid(20_000, taken)).toBe(2_100_420_000);
  expect(freeUid(20_001, taken)).toBe(2_100_020_001);
});

it("where all are taken it is the first all the same", () => {
  expect(freeUid(20_000, [{ first: 0, count: 2 ** 31 }])).toBe(2_100_020_000);
});

it("an id is known by its port, also where the engine maps users", () => {
  const taken = [{ first: 2_100_020_000, count: 1 }];
  const uids = [20_000, freeUid(20_000, []), freeUid(20_000, taken)];
  expect(uids.map((uid) => isUidOf(20_000, uid))).toEqual([true, true, true]);
  expect([0, 1000, 20_001, 2_100_020_001, 2_200_020_000].map((uid) => isUidOf(20_000, uid))).toEqual(
    Array(5).fill(false),
  );
});

it("only a user with its own group is one of Berth's", () => {
  expect(uidIn(userText(2_100_020_000))).toBe(2_100_020_000);
  expect(["", "root", "1000", "1000:0", "node:node"].map(uidIn)).toEqual(Array(5).fill(undefined));
});
