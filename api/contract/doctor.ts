// The audit of what runs, for the operator.
import { z } from "zod";
import type { Finding as MadeFinding } from "../../stacks/doctor/check.ts";
import type { Examination as MadeExamination } from "../../stacks/doctor/examine.ts";
import { type ApiCall, named, pageOf } from "./call.ts";
import * as contract from "./requests.ts";

const Finding = named(
  "Finding",
  z.strictObject({
    check: z.string(),
    severity: z.enum(["error", "warning"]),
    message: z.string().describe("What was expected, and what was found."),
    advice: z.string(),
  }) satisfies z.ZodType<MadeFinding>,
);

export const Examination = named(
  "Examination",
  z.strictObject({
    deploymentId: z.uuid().nullable().describe("Null for the installation itself, which comes first."),
    account: z.string().nullable(),
    checks: z.int().describe("How many checks were made."),
    findings: z.array(Finding),
    unchecked: z.array(z.string()).describe("What could not be looked at."),
  }) satisfies z.ZodType<MadeExamination>,
);

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
