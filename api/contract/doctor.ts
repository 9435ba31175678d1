// The audit of what runs, for the operator.
import type { ApiCall } from "./call.ts";
import { Examination } from "./doctor-answers.ts";
import { pageOf } from "./envelopes.ts";
import * as contract from "./requests.ts";

export const DOCTOR_CALLS = {
  doctor: {
    method: "get",
    path: "/api/v1/doctor",
    tag: "Server",
    summary: "Whether deployments are as they were asked for; with the operator's key.",
    query: contract.DoctorQuery,
    answers: { 200: pageOf(Examination) },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;
