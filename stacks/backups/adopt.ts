// Accepting that the operator carries a deployment to another target, with its data by a backup.
import { targetsOf } from "../../infra/targets.ts";
import { handOutNeeded } from "../deployments/addresses.ts";
import { type Deployment, move } from "../deployments/deployments.ts";
import { firstTarget, livesIn, type Regional } from "../deployments/regions.ts";
import { BerthError } from "../errors.ts";
import { LIFECYCLE } from "../lifecycle.ts";
import { enqueue, type LifecycleContext } from "../operations/enqueue.ts";
import { getFromFleet } from "../operations/fleet.ts";
import { findOperation, isLive, type Operation } from "../operations/operations.ts";
import { requireBackups } from "./availability.ts";

interface Adoption {
  readonly requestId: string | null;
  readonly deploymentId: string;
  /** Name of the target; that of new slots if absent. */
  readonly to: string | undefined;
}

/**
 * While the same move is waiting or being made, that one is the answer.
 * @throws BerthError NOT_FOUND, INVALID_REQUEST or INVALID_STATE; nothing is changed then
 */
export async function requestAdopt(
  context: LifecycleContext,
  { requestId, deploymentId: id, to }: Adoption,
): Promise<{ readonly deployment: Deployment; readonly operation: Operation }> {
  const { settings } = context;
  const { account_id: accountId } = (await getFromFleet(context.sql, id)).deployment;
  const place = destination(settings, to);
  return context.sql.transaction().execute(async (trx) => {
    const deployment = await move(trx, { accountId, id, call: "adopt", change: {} });
    const latest = deployment.operation_id ? await findOperation(trx, deployment.operation_id) : undefined;
    if (latest?.kind === "adopt" && isLive(latest) && latest.destination?.target === place.target)
      return { deployment, operation: latest };
    const refused = whyNotThere(settings, deployment, place);
    if (refused !== undefined)
      throw new BerthError("INVALID_STATE", `${refused} Nothing was changed.`, {
        currentState: deployment.status,
        allowedStates: LIFECYCLE.adopt.from,
      });
    requireBackups(settings, deployment);
    const { target, region } = place;
    requireBackups(settings, { ...deployment, target, region });
    await handOutNeeded(trx, settings, { id, target, region });
    const wanted = {
      deploymentId: id,
      kind: LIFECYCLE.adopt.kind,
      requestId,
      destination: { target, region },
    };
    return { deployment, operation: await enqueue(context, trx, wanted) };
  });
}

function destination(settings: Regional, to = firstTarget(settings)) {
  const place = settings.places.find(({ target }) => target === to);
  if (place) return place;
  const served = targetsOf(settings.places).join(", ");
  throw new BerthError("INVALID_REQUEST", "This installation does not serve that target.", [
    { field: "target", message: `available: ${served}. BERTH_TARGET lists them` },
  ]);
}

/** A sentence; undefined if it can go there. */
function whyNotThere(
  settings: Regional,
  deployment: Deployment,
  place: Regional["places"][number],
): string | undefined {
  const { moving } = deployment;
  if (!moving)
    return livesIn(place, settings, deployment) ? `It lives on ${place.target} already.` : undefined;
  const isElsewhere = !livesIn(place, settings, deployment) && place.target !== moving.from.target;
  return isElsewhere ? `Its move from ${moving.from.target} has not ended: repeat that first.` : undefined;
}
