// Calls for the operator about everybody's deployments.
import { z } from "zod";
import { STATUSES } from "../../stacks/lifecycle.ts";
import * as answers from "./answers.ts";
import { AllowedCall, Calls, Image } from "./answers.ts";
import { type ApiCall, data, named, pageOf } from "./call.ts";
import { DeploymentsQuery, listedFields, StatusTotals, TotalsQuery } from "./listed.ts";
import { accountName, imageReference } from "./requests.ts";

const FLEET = "/api/v1/fleet";

export const ImageQuery = z.strictObject({
  image: imageReference.optional().describe("Compare with this image instead of each one's own reference."),
});

const account = accountName.optional().describe("All accounts if it is left out.");

const only = z.enum(["true"]).optional();
const narrowing = {
  account,
  drift: only.describe("Those alone that were seen otherwise than they should be."),
  behind: only.describe("Those alone whose image is not what their reference means by now."),
};

export const FleetQuery = z.strictObject({
  ...DeploymentsQuery.shape,
  ...ImageQuery.shape,
  ...narrowing,
});

export const FleetTotalsQuery = z.strictObject({ ...TotalsQuery.shape, ...narrowing });

export const UpgradeBody = z
  .strictObject({
    image: imageReference
      .optional()
      .describe("An image of its own from now on; without it, what it should have."),
  })
  .optional();

export const AdoptBody = z
  .strictObject({
    target: z
      .string()
      .min(1)
      .optional()
      .describe("One of the installation's; that of new slots if it is left out."),
  })
  .optional();

export const FleetMember = named(
  "FleetMember",
  z.strictObject({
    deploymentId: z.uuid(),
    account: z.string(),
    status: z.enum(STATUSES),
    name: z.string().nullable(),
    modelProvider: z.string().nullable(),
    modelId: z.string().nullable(),
    target: z.string().describe("What it lives on."),
    isMoving: z.boolean().describe("Whether a move to there has not ended, or has left something."),
    image: Image,
    latest: z
      .string()
      .nullable()
      .describe("What an upgrade would bring it to; null if the engine has to pull that first."),
    ...listedFields,
    stateUsedBytes: z
      .number()
      .nullable()
      .describe("Of its data, at the last measurement; null until there was one."),
    calls: z.strictObject({ ...Calls.shape, upgrade: AllowedCall }),
  }),
);

export const FLEET_CALLS = {
  listFleet: {
    method: "get",
    path: FLEET,
    tag: "Fleet",
    summary: "The operator: all accounts' deployments, newest first, by pages.",
    query: FleetQuery,
    answers: { 200: pageOf(FleetMember) },
    errors: ["NOT_FOUND"],
  },
  fleetTotals: {
    method: "get",
    path: `${FLEET}/totals`,
    tag: "Fleet",
    summary: "The operator: how many deployments of all accounts there are in each status.",
    query: FleetTotalsQuery,
    answers: { 200: data(StatusTotals) },
    errors: ["NOT_FOUND"],
  },
  showFleetMember: {
    method: "get",
    path: `${FLEET}/:id`,
    tag: "Fleet",
    summary: "The operator: one of them.",
    query: ImageQuery,
    answers: { 200: data(FleetMember) },
    errors: ["NOT_FOUND"],
  },
  showFleetStack: {
    method: "get",
    path: `${FLEET}/:id/stack`,
    tag: "Fleet",
    summary: "The operator: Pulumi's own view of its stack; null while it has none.",
    answers: { 200: data(answers.Stack.nullable()) },
    errors: ["NOT_FOUND"],
  },
  upgradeFleetMember: {
    method: "post",
    path: `${FLEET}/:id/upgrade`,
    tag: "Fleet",
    summary: "The operator: bring one that is active to the image that it should have by now.",
    body: UpgradeBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  adoptFleetMember: {
    method: "post",
    path: `${FLEET}/:id/adopt`,
    tag: "Fleet",
    summary: "The operator: carry one to another target of the installation, with its data.",
    body: AdoptBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE", "UNAVAILABLE"],
  },
} as const satisfies Record<string, ApiCall>;
