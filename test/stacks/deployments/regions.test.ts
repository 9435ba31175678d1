// Where deployments live, in an installation with several targets.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Place } from "../../../infra/target.ts";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { livesWhereBackedUp } from "../../../stacks/backups/availability.ts";
import { createSlot } from "../../../stacks/deployments/deployments.ts";
import {
  livesIn,
  moveUnpaidSlots,
  offersTo,
  placeForSlot,
  placeOf,
  regionsOf,
} from "../../../stacks/deployments/regions.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const KUBERNETES: Place = { target: "kubernetes", region: null };
const DOCKER: Place = { target: "docker", region: null };
const [FRANKFURT, DUBLIN] = ["eu-central-1", "eu-west-1"].map((region): Place => ({ target: "aws", region }));
const places = [KUBERNETES, DOCKER, FRANKFURT, DUBLIN].filter((place) => place !== undefined);
const settings = { places };
const place = (target: string | null, region: string | null = null) =>
  placeOf(settings, { id: "one", target, region });

it("each record names its place, and one from before the first", () => {
  expect(place("docker")).toBe(DOCKER);
  expect(place("kubernetes")).toBe(KUBERNETES);
  expect(place(null)).toBe(KUBERNETES);
  expect(place("aws", "eu-west-1")).toBe(DUBLIN);
  // Bought before its region was kept.
  expect(place("aws")).toBe(FRANKFURT);
  for (const one of places)
    expect(livesIn(one, settings, { target: "docker", region: null })).toBe(one === DOCKER);
});

it("what is not served any more is named, with the setting", () => {
  const docker = { places: [DOCKER] };
  const of = (target: string, region: string | null) => () => placeOf(docker, { id: "one", target, region });
  expect(of("kubernetes", null)).toThrow(
    "lives on kubernetes, which this installation does not serve. Add kubernetes to BERTH_TARGET.",
  );
  expect(() => place("aws", "us-east-1")).toThrow(
    "lives in us-east-1, which this installation does not serve. Add us-east-1 to BERTH_AWS_REGION.",
  );
});

it("slots are bought on the first target alone, in its regions", () => {
  expect(placeForSlot(settings, undefined)).toEqual({ target: "kubernetes", region: null });
  expect(regionsOf(settings)).toEqual([]);
  expect(() => placeForSlot(settings, "eu-west-1")).toThrow("The region is not available");
  const aws = { places: places.toReversed() };
  expect(regionsOf(aws)).toEqual(["eu-west-1", "eu-central-1"]);
  expect(placeForSlot(aws, "eu-central-1")).toEqual({ target: "aws", region: "eu-central-1" });
});

it("what a place can do is asked of that place", () => {
  const on = (target: string) => offersTo(settings, { target, region: null }, "addresses");
  expect([on("docker"), on("kubernetes")]).toEqual([true, false]);
  expect(livesWhereBackedUp({ places: [DOCKER, KUBERNETES] })).toBeDefined();
});

it("unpaid slots of a target that is served no more wait where new ones go, and nothing else does", async () => {
  const folder = await mkdtemp(join(tmpdir(), "berth-regions-"));
  const { sql, close } = await openEmptyDatabase(folder);
  try {
    const slot = async (target: string) => {
      const bought = { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 } as const;
      return (await createSlot(sql, { ...bought, place: { target, region: null } })).id;
    };
    const [unpaid, paid, served] = [await slot("docker"), await slot("docker"), await slot("kubernetes")];
    await sql.updateTable("deployments").set({ status: "purchased" }).where("id", "=", paid).execute();
    await moveUnpaidSlots(sql, { places: [FRANKFURT, KUBERNETES].filter((place) => place !== undefined) });
    const found = await sql.selectFrom("deployments").select(["id", "target", "region"]).execute();
    expect(new Map(found.map(({ id, ...where }) => [id, where]))).toEqual(
      new Map([
        [unpaid, { target: "aws", region: "eu-central-1" }],
        [paid, { target: "docker", region: null }],
        [served, { target: "kubernetes", region: null }],
      ]),
    );
    const { places } = { places: [KUBERNETES] };
    const without = await sql
      .selectFrom("deployments")
      .select("id")
      .where(livesWhereBackedUp({ places }))
      .execute();
    expect(without).toHaveLength(3);
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
});
