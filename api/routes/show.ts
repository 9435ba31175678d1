import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments.ts";
import type { Intake } from "../../stacks/requests.ts";
import { deploymentView, type ViewParts } from "../deployment-view.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id */
export function show(parts: Pick<Intake, "sql"> & ViewParts): RequestHandler {
  return async (request, response) => {
    response.json({ data: deploymentView(parts, await getDeployment(parts.sql, deploymentId(request))) });
  };
}
