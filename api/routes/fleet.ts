import type { RequestHandler, Response } from "express";
import type { z } from "zod";
import { requestAdopt } from "../../stacks/backups/adopt.ts";
import { isBehind } from "../../stacks/deployments/behind.ts";
import { imageChange, wantedImage } from "../../stacks/deployments/images.ts";
import { firstTarget } from "../../stacks/deployments/regions.ts";
import { LIFECYCLE } from "../../stacks/lifecycle.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { getFromFleet, requestUpgrade } from "../../stacks/operations/fleet.ts";
import { countByStatus, type Filter, type Listed, listDeployments } from "../../stacks/operations/listing.ts";
import {
  AdoptBody,
  type FleetMember,
  FleetQuery,
  FleetTotalsQuery,
  ImageQuery,
  UpgradeBody,
} from "../contract/fleet.ts";
import { accountAskedFor, requireOperator } from "../middleware/account-access.ts";
import { callerOf } from "../middleware/caller.ts";
import { parse } from "../middleware/problem.ts";
import { allowedCalls, allowedUpgrade, type CallParts } from "./allowed-calls.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView, imageView } from "./deployment-view.ts";
import { engineAway, latestImage } from "./image.ts";
import { besideView, totalsView } from "./listed-view.ts";

type Parts = Pick<LifecycleContext, "sql"> & CallParts;

/** GET /fleet: everybody's deployments, with what an upgrade would bring each of them to. */
export function list(parts: Parts): RequestHandler {
  return async (request, response) => {
    const caller = operator(response);
    const { image, search, status, account, drift, behind, ...page } = parse(FleetQuery, request.query);
    const accountId = await accountAskedFor(parts.sql, caller, account);
    const filter = { search, status, ...(await narrowed(parts, { drift, behind })) };
    const { rows, nextCursor } = await listDeployments(parts.sql, accountId, filter, page);
    response.json({ data: await Promise.all(rows.map((row) => view(parts, row, image))), nextCursor });
  };
}

/** GET /fleet/totals */
export function totals(parts: Parts): RequestHandler {
  const { sql } = parts;
  return async (request, response) => {
    const caller = operator(response);
    const { account, search, ...narrowing } = parse(FleetTotalsQuery, request.query);
    const accountId = await accountAskedFor(sql, caller, account);
    const filter = { search, ...(await narrowed(parts, narrowing)) };
    const counts = await countByStatus(sql, accountId, filter);
    response.json({ data: totalsView(counts) });
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

/** POST /fleet/:id/adopt: to another target. */
export function adopt(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const { requestId } = operator(response);
    const { target: to } = parse(AdoptBody, request.body) ?? {};
    const wanted = { requestId, deploymentId: deploymentId(request), to };
    const { deployment, operation } = await requestAdopt(parts, wanted);
    response.status(202).json({ data: acceptedView(deployment.status, operation) });
  };
}

/** POST /fleet/:id/upgrade: a redeploy by the operator, of what is active. */
export function upgrade(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const { requestId } = operator(response);
    const id = deploymentId(request);
    const { image } = parse(UpgradeBody, request.body) ?? {};
    const operation = await requestUpgrade(parts, requestId, id, imageChange(parts.settings, image));
    response.status(202).json({ data: acceptedView(LIFECYCLE.upgrade.during, operation) });
  };
}

interface Narrowing {
  readonly drift?: "true" | undefined;
  readonly behind?: "true" | undefined;
}

/** @throws BerthError UNAVAILABLE when the engine can't say what an image means by now */
async function narrowed({ sql, settings }: Parts, { drift, behind }: Narrowing): Promise<Filter> {
  const only = behind && (await isBehind(sql, settings).catch(engineAway));
  return { drift: drift !== undefined, ...(only && { only }) };
}

function operator(response: Response) {
  const caller = callerOf(response);
  requireOperator(caller, "reach all accounts' deployments");
  return caller;
}

async function view(
  parts: CallParts,
  listed: Listed,
  image: string | undefined,
): Promise<z.infer<typeof FleetMember>> {
  const { settings } = parts;
  const { account, deployment } = listed;
  const reference = image ?? wantedImage(settings, deployment);
  return {
    deploymentId: deployment.id,
    account,
    status: deployment.status,
    name: deployment.name,
    modelProvider: deployment.model_provider,
    modelId: deployment.model_id,
    target: deployment.target ?? firstTarget(settings),
    isMoving: deployment.moving !== null,
    image: imageView(settings, deployment),
    latest: await latestImage(settings, deployment, reference),
    ...besideView(settings, listed),
    stateUsedBytes: deployment.state_use?.usedBytes ?? null,
    calls: { ...allowedCalls(parts, deployment), upgrade: allowedUpgrade(deployment) },
  };
}
