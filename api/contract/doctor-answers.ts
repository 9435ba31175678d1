// What the operator gets of an audit.
import { z } from "zod";
import type { Finding as MadeFinding } from "../../stacks/doctor/check.ts";
import type { Examination as MadeExamination } from "../../stacks/doctor/examine.ts";
import { named } from "./named-shapes.ts";

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
    deploymentId: z.uuid().nullable().describe("Null for the installation itself, which is told of first."),
    account: z.string().nullable(),
    checks: z.int().describe("How many checks were made."),
    findings: z.array(Finding),
    unchecked: z.array(z.string()).describe("What could not be looked at."),
  }) satisfies z.ZodType<MadeExamination>,
);
