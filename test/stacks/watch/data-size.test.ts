// What follows from the size of an assistant's data: what is tolerated, for how long, and what the customer is told.
import { describe, expect, it } from "vitest";
import type { StateUse } from "../../../stacks/database/deployment-table.ts";
import { causeOf } from "../../../stacks/watch/data-size/causes.ts";
import {
  evaluate,
  evaluateUnmeasured,
  lowBelow,
  type Measured,
  sizeText,
} from "../../../stacks/watch/data-size/limit.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const LIMIT = 100 * MIB;
const NOW = new Date("2026-01-02T03:04:05.000Z");

interface Case {
  readonly usedMib: number;
  readonly freeMib?: number;
  readonly limitBytes?: number;
  readonly before?: StateUse | null;
  readonly broughtUpBy?: string | null;
  readonly beganEmpty?: boolean;
  readonly minutes?: number;
}

function measured({ usedMib, freeMib = 5_000, minutes = 0, ...rest }: Case): Measured {
  return {
    measured: { usedBytes: usedMib * MIB, freeBytes: freeMib * MIB, diskBytes: 50_000 * MIB },
    limitBytes: LIMIT,
    before: null,
    broughtUpBy: "a",
    beganEmpty: false,
    now: new Date(NOW.getTime() + minutes * 60_000),
    ...rest,
  };
}
const verdict = (of: Case) => evaluate(measured(of)).verdict;
const use = (of: Case) => evaluate(measured(of)).use;

describe("within the limit", () => {
  it("nothing is told below nine tenths of it, and a warning from there on", () => {
    const before = use({ usedMib: 1 });
    expect([89, 90, 100].map((usedMib) => verdict({ usedMib, before }))).toEqual([
      "within",
      "nearly full",
      "nearly full",
    ]);
  });
  it("without a limit nothing is too much", () => {
    expect(verdict({ usedMib: 1e6, limitBytes: 0 })).toBe("within");
  });
  it("a disk without room is told before a limit that is near", () => {
    expect(verdict({ usedMib: 95, freeMib: 15 })).toBe("disk full");
    expect(verdict({ usedMib: 1, freeMib: 0, limitBytes: 0 })).toBe("disk full");
    expect(verdict({ usedMib: 1, freeMib: 16 })).toBe("within");
  });
});

describe("beyond the limit", () => {
  const within = use({ usedMib: 50 });
  const stopped = use({ usedMib: 120, before: within, minutes: 5 });

  it("who was within it is stopped at once", () => {
    expect(verdict({ usedMib: 101, before: within, minutes: 5 })).toBe("full");
    expect(verdict({ usedMib: 120, before: stopped, minutes: 6 }), "and again, if it still runs").toBe(
      "full",
    );
  });
  it("who is brought up so has half an hour from the first measurement on, whichever process measures", () => {
    const again = { broughtUpBy: "b", before: stopped };
    const first = use({ usedMib: 120, ...again, minutes: 60 });
    expect(verdict({ usedMib: 120, ...again, minutes: 60 })).toBe("tolerated");
    const later = (minutes: number, before = first) =>
      verdict({ usedMib: 120, broughtUpBy: "b", before: JSON.parse(JSON.stringify(before)), minutes });
    expect([65, 89].map((minutes) => later(minutes))).toEqual(["tolerated", "tolerated"]);
    expect(later(90)).toBe("full");
  });
  it("that time is no time to write more in, however often it is brought up", () => {
    let before = stopped;
    for (const broughtUpBy of ["b", "c", "d"]) {
      expect(verdict({ usedMib: 125, broughtUpBy, before })).toBe("tolerated");
      expect(verdict({ usedMib: 126, broughtUpBy, before })).toBe("full");
      before = use({ usedMib: 125, broughtUpBy, before });
    }
  });
  it("within it once more, the next time is no exception", () => {
    const cleaned = use({ usedMib: 20, broughtUpBy: "b", before: stopped });
    expect(cleaned.ceilingBytes).toBeNull();
    expect(verdict({ usedMib: 110, broughtUpBy: "b", before: cleaned })).toBe("full");
  });
  it("data that was never measured is given the time, too: it may have been restored, or the limit be new", () => {
    expect(verdict({ usedMib: 500 })).toBe("tolerated");
    expect(verdict({ usedMib: 500, broughtUpBy: null })).toBe("tolerated");
  });
  it("data that was written since it was activated is not", () => {
    expect(verdict({ usedMib: 106, beganEmpty: true })).toBe("full");
    expect(verdict({ usedMib: 104, beganEmpty: true })).toBe("tolerated");
  });
});

describe("what can't be measured", () => {
  const within = use({ usedMib: 50 });
  const unmeasured = (of: Partial<Case> & { before: StateUse | null }) => {
    const { measured: disk, beganEmpty: _, ...known } = measured({ usedMib: 0, ...of });
    return evaluateUnmeasured({ disk: { freeBytes: disk.freeBytes, diskBytes: disk.diskBytes }, ...known });
  };
  const first = unmeasured({ before: within }).use;

  it("counts as full: it is tolerated for half an hour, whichever process looks, and then stopped", () => {
    expect(first).toMatchObject({ usedBytes: LIMIT, toleratedUntil: "2026-01-02T03:34:05.000Z" });
    const later = (minutes: number) =>
      unmeasured({ before: JSON.parse(JSON.stringify(first)) as StateUse, minutes }).verdict;
    expect([0, 29, 30, 300].map(later)).toEqual(["tolerated", "tolerated", "full", "full"]);
  });
  it("may not take more of the disk meanwhile than its limit, however often it is brought up", () => {
    let before = first;
    for (const broughtUpBy of ["b", "c"]) {
      expect(unmeasured({ before, broughtUpBy, freeMib: 4_899 }).verdict).toBe("full");
      const again = unmeasured({ before, broughtUpBy, freeMib: 4_900 });
      expect(again.verdict).toBe("tolerated");
      before = again.use;
    }
  });
  it("is forgotten once it can be measured, and told in words of its own until then", () => {
    expect(use({ usedMib: 50, before: first })).not.toHaveProperty("unmeasuredSince");
    expect(causeOf("tolerated", first, LIMIT)).toEqual({
      code: "STATE_FULL",
      message: expect.stringMatching(
        /can't be measured.*too many files.*by 2026-01-02T03:34:05.000Z.*data kept/,
      ),
    });
    expect(causeOf("full", first, LIMIT)?.message).toMatch(
      /was stopped.*can't be measured.*All of it is kept.*Redeploy/,
    );
  });
});

it.each([
  ["nearly full", "STATE_NEARLY_FULL", /95 MiB of the 100 MiB.*data kept.*BERTH_STATE_MIB/],
  ["tolerated", "STATE_FULL", /95 MiB of the 100 MiB.*delete files by 2026-01-02T03:34:05.000Z.*data kept/],
  ["full", "STATE_FULL", /was stopped.*All of it is kept.*Redeploy.*30 minutes.*restore.*BERTH_STATE_MIB/],
  ["disk full", "DISK_FULL", /disk has 8 MiB left.*Its data is kept; the operator has to make room/],
] as const)("%s is told as %s, with what was kept and what to do", (said, code, message) => {
  const toleratedUntil = "2026-01-02T03:34:05.000Z";
  const found = { ...use({ usedMib: 95, freeMib: 8 }), toleratedUntil };
  expect(causeOf(said, found, LIMIT)).toEqual({ code, message: expect.stringMatching(message) });
  expect(causeOf("within", found, LIMIT)).toBeUndefined();
});

it("the operator is told of a disk with less than a twentieth free, 1 GiB at least and 10 at most", () => {
  const low = (gib: number) => lowBelow({ diskBytes: gib * GIB }) / GIB;
  expect([8, 100, 4_000].map(low)).toEqual([1, 5, 10]);
});

it("sizes are for people", () => {
  expect([0, 1.25 * MIB, 1023 * MIB, 9.34 * GIB].map(sizeText)).toEqual([
    "0 MiB",
    "1.3 MiB",
    "1023 MiB",
    "9.3 GiB",
  ]);
});
