// What the operator sends and gets about everybody's deployments.
import { z } from "zod";
import { STATUSES } from "../../stacks/lifecycle.ts";
import { Operation } from "./answers.ts";
import { Image } from "./image-answers.ts";
import { named } from "./named-shapes.ts";
import { imageReference, ListQuery } from "./requests.ts";

export const ImageQuery = z.strictObject({
  image: imageReference.optional().describe("Compare with this image instead of each one's own reference."),
});

export const FleetQuery = z.strictObject({ ...ListQuery.shape, ...ImageQuery.shape });

export const UpgradeBody = z
  .strictObject({
    image: imageReference
      .optional()
      .describe("An image of its own from now on; without it, what it should have."),
  })
  .optional();

export const FleetMember = named(
  "FleetMember",
  z.strictObject({
    deploymentId: z.uuid(),
    account: z.string(),
    status: z.enum(STATUSES),
    image: Image,
    latest: z
      .string()
      .nullable()
      .describe("What an upgrade would bring it to; null if the engine has to pull that first."),
    operation: Operation.nullable(),
  }),
);
