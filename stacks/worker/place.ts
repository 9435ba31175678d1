// Keeps a deployment off ports and subnets that somebody else has: its own record knows only of Berth's.
import type { Occupied, PortRange } from "../../infra/found.ts";
import { HOST_PORT_TAKEN, SUBNET_TAKEN } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import { addressAt, takeFreePlace } from "../deployments/addresses.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { targetOf } from "../deployments/regions.ts";
import { findRivals, rivalInWords } from "../deployments/rivals.ts";
import type { StepResult } from "../pulumi/messages.ts";
import type { StackSettings } from "../settings.ts";

/** So many places are tried in one attempt, beyond the first. */
export const MOST_MOVES = 4;

interface PlaceParts {
  readonly sql: Sql;
  readonly settings: StackSettings;
  /** Logs what was found, and what was done. */
  readonly say: (message: string) => void;
}

/**
 * Another place for a deployment whose own is somebody else's; undefined if it can stay where it is, or must.
 * @param tried places that the engine has refused, though nothing was seen of who has them
 */
export async function moveAway(
  { sql, settings, say }: PlaceParts,
  deployment: Deployment,
  tried: ReadonlySet<number> = new Set(),
): Promise<number | undefined> {
  const { id, address } = deployment;
  if (address === null) return undefined;
  const look = async (ports: PortRange) => {
    const occupied = await occupiedFor(settings, deployment, ports);
    const rivals = findRivals(settings, occupied, (owner) => owner === id);
    const holders = rivals.filter(({ places }) => places.includes(address));
    const isHeld = (one: Occupied) => occupied.some((own) => own.deploymentId === id && isSameKind(own, one));
    // A network of its own that is there keeps its subnet, and a container that runs its port.
    return { rivals, against: holders.filter((holder) => !isHeld(holder)) };
  };
  // Its own port first: to look at all of them takes long, and only a move needs that.
  const { hostPort } = addressAt(settings, address);
  const isFree = async () => (await look({ first: hostPort, last: hostPort })).against.length === 0;
  if (!tried.has(address) && (await isFree())) return undefined;
  const { rivals, against } = await look(settings.portRange);
  if (against.length === 0 && !tried.has(address)) return undefined;
  const taken = new Set([...tried, ...rivals.flatMap(({ places }) => places)]);
  const place = await takeFreePlace(sql, settings, id, taken);
  const why = against.map((rival) => rivalInWords(settings, rival)).join(" ");
  if (place === undefined)
    say(`${why} There is no other place: BERTH_SUBNET_POOL and BERTH_PORT_RANGE move Berth's own.`);
  else say(`${why || "The engine refuses the assistant's place."} The assistant gets another place.`.trim());
  return place;
}

/** Whether the engine has refused a place that somebody else has. */
export function isCollision(result: StepResult<unknown>): boolean {
  return result.state === "failed" && [HOST_PORT_TAKEN, SUBNET_TAKEN].includes(result.cause.code);
}

/** None if the target does not answer: the step itself fails by that. */
async function occupiedFor(
  settings: StackSettings,
  deployment: Deployment,
  ports: PortRange,
): Promise<readonly Occupied[]> {
  const target = await targetOf(settings, deployment);
  return target.occupied(ports).catch(() => []);
}

function isSameKind(one: Occupied, other: Occupied): boolean {
  return (one.kind === "port") === (other.kind === "port");
}
