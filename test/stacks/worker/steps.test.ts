// What a step removes before Pulumi is started, by what the records know of the deployment's containers.
import { expect, it } from "vitest";
import type { Deployment } from "../../../stacks/deployments/deployments.ts";
import { destroyStep, type StepParts } from "../../../stacks/worker/steps.ts";
import { reported } from "../../support/settled.ts";

const ID = crypto.randomUUID();
const PLACE = { target: "docker", region: null };
const PARTS = {
  settings: { dataDir: "/data", backendUrl: "file:///data/state", places: [PLACE] },
  pulumi: { path: "/bin/pulumi", version: "3.0.0" },
} as unknown as StepParts;

const record = (fields: Partial<Deployment>) =>
  ({ id: ID, region: null, outputs: null, stack_exists: true, ...fields }) as Deployment;
const step = (deployment: Deployment, unfinished?: { lostHosts: string[] }) =>
  destroyStep(PARTS, deployment, unfinished, { hasBegun: false });

it("what the stack has not made is removed, all of it if it has made nothing", () => {
  const outputs = { ...reported(ID, null, "own") };
  expect(step(record({ outputs })).remove).toEqual({ which: "strangers", own: "own" });
  expect(step(record({})).remove).toEqual({ which: "strangers", own: null });
});

it("after a failure the record is not believed, unless there is no stack", () => {
  const outputs = { ...reported(ID, null, "own") };
  const unfinished = { lostHosts: ["here"] };
  expect(step(record({ outputs }), unfinished).remove).toEqual({ which: "none" });
  const never = step(record({ stack_exists: false }), unfinished);
  expect(never).toMatchObject({ remove: { which: "strangers", own: null }, unfinishedBefore: unfinished });
});

it("a stack that an attempt has begun is destroyed, although no record says so", () => {
  expect(step(record({ stack_exists: false })).stackExists).toBe(false);
  const begun = destroyStep(PARTS, record({ stack_exists: false }), undefined, { hasBegun: true });
  expect(begun).toMatchObject({ name: "destroy", stackExists: true, place: PLACE });
});
