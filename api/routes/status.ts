import type { RequestHandler } from "express";
import { findDeployment } from "../../stacks/deployments.ts";
import { notFound } from "../../stacks/errors.ts";
import { type Intake, latestOperation } from "../../stacks/operations.ts";
import { statusView } from "../deployment-view.ts";
import { deploymentId } from "./deployment-id.ts";

/** GET /:id/status: answers for deleted deployments too, so that a client sees its delete end. */
export function status({ sql }: Pick<Intake, "sql">): RequestHandler {
  return async (request, response) => {
    const deployment = await findDeployment(sql, deploymentId(request));
    if (!deployment) throw notFound();
    response.json({ data: statusView(deployment, await latestOperation(sql, deployment)) });
  };
}
