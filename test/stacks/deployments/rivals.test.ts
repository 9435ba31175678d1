// Which of Berth's places somebody else has.
import { expect, it } from "vitest";
import type { Occupied } from "../../../infra/found.ts";
import { findRivals, rivalsInWords } from "../../../stacks/deployments/rivals.ts";

const SETTINGS = { portRange: { first: 20_000, last: 20_255 }, subnetPool: "10.213.0.0/20" };
const own = { by: "somebody", deploymentId: null };
const network = (range: string): Occupied => ({ ...own, kind: "network", range });
const route = (range: string): Occupied => ({ ...own, kind: "route", range });
const port = (number: number): Occupied => ({ ...own, kind: "port", port: number });
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const placesOf = (one: Occupied) => findRivals(SETTINGS, [one], () => false).map(({ places }) => places);

it.each([
  [network("10.213.0.0/24"), upTo(0, 15)],
  [network("10.213.0.24/30"), [1]],
  [network("10.213.15.0/24"), upTo(240, 255)],
  [network("10.0.0.0/8"), upTo(0, 255)],
  [route("10.213.1.0/24"), upTo(16, 31)],
  [port(20_007), [7]],
])("%j has the places %j", (one, places) => {
  expect(placesOf(one)).toEqual([places]);
});

it.each([
  network("10.213.16.0/24"),
  network("172.17.0.0/16"),
  route("192.168.0.0/16"),
  port(19_999),
  port(20_256),
])("%j has none", (one) => expect(placesOf(one)).toEqual([]));

it.each([route("10.0.0.0/8"), { ...own, kind: "pool", range: "10.213.0.0/24" } as const])(
  "%j takes no place, and is named all the same",
  (one) => {
    expect(placesOf(one)).toEqual([[]]);
    expect(
      rivalsInWords(
        SETTINGS,
        findRivals(SETTINGS, [one], () => false),
      ),
    ).toEqual([`${one.range} of BERTH_SUBNET_POOL (10.213.0.0/20) is used by somebody.`]);
  },
);

it("what is a deployment's own is no rival to it", () => {
  const held = { ...network("10.213.0.0/28"), deploymentId: "a" };
  expect(findRivals(SETTINGS, [held], (id) => id === "a")).toEqual([]);
  expect(findRivals(SETTINGS, [held], (id) => id === "b")).toHaveLength(1);
});

it("of many ports the first few are named", () => {
  const words = rivalsInWords(
    SETTINGS,
    findRivals(SETTINGS, upTo(20_000, 20_019).map(port), () => false),
  );
  expect(words).toHaveLength(11);
  expect(words.at(-1)).toBe("So are 10 more of these ports.");
});
