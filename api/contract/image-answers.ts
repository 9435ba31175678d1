// What clients get of a deployment's image.
import { z } from "zod";
import { named } from "./named-shapes.ts";

export const Image = named(
  "Image",
  z.strictObject({
    reference: z.string().describe("What the next redeploy resolves."),
    isCustom: z
      .boolean()
      .describe("Whether the deployment asked for it; otherwise it is the installation's."),
    pinned: z
      .string()
      .nullable()
      .describe("What the assistant was brought up with last; null if it never was."),
    rolledBackFrom: z.string().nullable().describe("What an upgrade of it failed with, until one succeeds."),
  }),
);
