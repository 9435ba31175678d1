// Calls for the operator about everybody's deployments.
import * as answers from "./answers.ts";
import type { ApiCall } from "./call.ts";
import { data, pageOf } from "./envelopes.ts";
import { FleetMember, FleetQuery, ImageQuery, UpgradeBody } from "./fleet-shapes.ts";

const FLEET = "/api/v1/fleet";

export const FLEET_CALLS = {
  listFleet: {
    method: "get",
    path: FLEET,
    tag: "Fleet",
    summary: "The operator: all accounts' deployments, newest first, by pages.",
    query: FleetQuery,
    answers: { 200: pageOf(FleetMember) },
    errors: [],
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
  upgradeFleetMember: {
    method: "post",
    path: `${FLEET}/:id/upgrade`,
    tag: "Fleet",
    summary: "The operator: bring one that is active to the image that it should have by now.",
    body: UpgradeBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
} as const satisfies Record<string, ApiCall>;
