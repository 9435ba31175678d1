import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import { currentPin, imageChange, wantedImage } from "../../stacks/deployments/images.ts";
import { BerthError } from "../../stacks/errors.ts";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import { type FleetRow, getFromFleet, listFleet, requestUpgrade } from "../../stacks/operations/fleet.ts";
import { type FleetMember, FleetQuery, ImageQuery, UpgradeBody } from "../contract/fleet.ts";
import { requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { allowedCalls, allowedUpgrade, type CallParts } from "./allowed-calls.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView, imageView, operationView } from "./deployment-view.ts";

type Parts = Pick<Intake, "sql"> & CallParts;

/** GET /fleet: everybody's deployments, with what an upgrade would bring each of them to. */
export function list(parts: Parts): RequestHandler {
  return async (request, response) => {
    operator(response);
    const { image, ...page } = parse(FleetQuery, request.query);
    const { rows, nextCursor } = await listFleet(parts.sql, page);
    response.json({ data: await Promise.all(rows.map((row) => view(parts, row, image))), nextCursor });
  };
}

/** GET /fleet/:id */
export function show(parts: Parts): RequestHandler {
  return async (request, response) => {
    operator(response);
    const { image } = parse(ImageQuery, request.query);
    response.json({ data: await view(parts, await getFromFleet(parts.sql, deploymentId(request)), image) });
  };
}

/** POST /fleet/:id/upgrade: a redeploy by the operator, of what is active. */
export function upgrade(parts: Intake): RequestHandler {
  return async (request, response) => {
    const { requestId } = operator(response);
    const id = deploymentId(request);
    const { image } = parse(UpgradeBody, request.body) ?? {};
    const operation = await requestUpgrade(parts, requestId, id, imageChange(parts.settings, image));
    response.status(202).json({ data: acceptedView(LIFECYCLE.upgrade.during, operation) });
  };
}

function operator(response: Response) {
  const caller = callerOf(response);
  requireOperator(caller, "reach all accounts' deployments");
  return caller;
}

async function view(
  parts: CallParts,
  { account, deployment, operation }: FleetRow,
  image: string | undefined,
): Promise<z.infer<typeof FleetMember>> {
  const { settings } = parts;
  const reference = image ?? wantedImage(settings, deployment);
  const latest = await currentPin(settings, deployment, reference).catch((error: unknown) => {
    throw new BerthError(
      "UNAVAILABLE",
      `${error instanceof Error ? error.message : error} Nothing was changed.`,
    );
  });
  return {
    deploymentId: deployment.id,
    account,
    status: deployment.status,
    image: imageView(settings, deployment),
    latest: latest ?? null,
    operation: operation ? operationView(operation) : null,
    calls: { ...allowedCalls(parts, deployment), upgrade: allowedUpgrade(deployment) },
  };
}
