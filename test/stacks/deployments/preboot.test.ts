// Which assistants wait for their activation, how many, and until when.
import { describe, expect, it } from "vitest";
import {
  hasRoomToStart,
  hasRoomToWait,
  mostPrebooted,
  overNow,
  prebootOnPayment,
  type Waiting,
} from "../../../stacks/deployments/preboot.ts";
import { cells } from "../../support/matrix.ts";

const GIB = 1024 ** 3;
const NOW = new Date("2026-03-01T12:00:00Z");
const AS_MEMORY_ALLOWS = { forMs: 900_000, most: undefined };

function slot(id: string, minutes: number, change: Partial<Waiting> = {}): Waiting {
  return { id, until: new Date(NOW.getTime() + minutes * 60_000), isPaid: true, isWell: true, ...change };
}

describe("over", () => {
  it("are those whose time has passed, and the oldest where more wait than may", () => {
    const slots = [slot("a", 3), slot("b", 9), slot("c", -1), slot("d", 14)];
    expect(overNow(slots, { now: NOW, most: 3 })).toEqual(["c"]);
    expect(overNow(slots, { now: NOW, most: 2 })).toEqual(["a", "c"]);
    expect(overNow(slots, { now: NOW, most: 0 })).toEqual(["a", "b", "c", "d"]);
  });

  it("of two that were paid at once it is the one that was bought first", () => {
    expect(overNow([slot("b", 9), slot("a", 9)], { now: NOW, most: 1 })).toEqual(["a"]);
  });

  it("are those that end again and again or are not paid for any more, and they take nobody's place", () => {
    const slots = [slot("a", 3), slot("b", 9, { isWell: false }), slot("c", 12, { isPaid: false })];
    expect(overNow(slots, { now: NOW, most: 1 })).toEqual(["b", "c"]);
  });
});

describe("memory", () => {
  it.each(
    cells<[totalGib: number, most: number]>(
      [
        [4, 0],
        [8, 1],
      ],
      [
        [16, 2],
        [64, 8],
      ],
    ),
  )("of %d GiB lets %d wait, with a quarter of it", (totalGib, most) => {
    const memory = { totalBytes: totalGib * GIB, freeBytes: 0 };
    expect(mostPrebooted({ preboot: AS_MEMORY_ALLOWS, memoryMib: 2048 }, memory)).toBe(most);
  });

  it.each([
    [16, 6, true],
    [16, 5.9, false],
    [8, 4, true],
    [8, 3.9, false],
  ])("of %d GiB with %d free lets one more wait: %s", (totalGib, freeGib, isSo) => {
    const memory = { totalBytes: totalGib * GIB, freeBytes: freeGib * GIB };
    expect(hasRoomToWait({ preboot: AS_MEMORY_ALLOWS, memoryMib: 2048 }, memory)).toBe(isSo);
  });

  it("does not count where the operator has set a number; unknown, it lets nobody wait and anybody start", () => {
    const preboot = { forMs: 900_000, most: 5 };
    expect(mostPrebooted({ preboot, memoryMib: 2048 }, undefined)).toBe(5);
    expect(hasRoomToWait({ preboot, memoryMib: 2048 }, undefined)).toBe(true);
    expect(mostPrebooted({ preboot: AS_MEMORY_ALLOWS, memoryMib: 2048 }, undefined)).toBe(0);
    expect(hasRoomToWait({ preboot: AS_MEMORY_ALLOWS, memoryMib: 2048 }, undefined)).toBe(false);
    expect(hasRoomToStart({ memoryMib: 2048 }, undefined)).toBe(true);
  });

  it("is too little for one that was asked for as soon as its limit is not free", () => {
    const free = (freeBytes: number) => ({ totalBytes: 16 * GIB, freeBytes });
    expect(hasRoomToStart({ memoryMib: 2048 }, free(2 * GIB))).toBe(true);
    expect(hasRoomToStart({ memoryMib: 2048 }, free(2 * GIB - 1))).toBe(false);
  });
});

it("a payment lets nobody wait where it is turned off, or the target can't", () => {
  const preboot = AS_MEMORY_ALLOWS;
  const docker = [{ target: "docker", region: null }];
  expect(Object.keys(prebootOnPayment({ places: docker, preboot }))).toEqual(["preboot_until"]);
  expect(prebootOnPayment({ places: docker, preboot: undefined })).toEqual({});
  expect(prebootOnPayment({ places: docker, preboot: { ...preboot, most: 0 } })).toEqual({});
  const aws = { target: "aws", region: "eu-central-1", foundation: {} };
  expect(prebootOnPayment({ places: [aws], preboot })).toEqual({});
});
