// Host ports and subnets of deployments, handed out by Berth: Docker's own pools end at about 30 networks, and
// a port left to Docker changes at every start. Place n is the n-th port of the range and the n-th /28.
import ipaddr from "ipaddr.js";
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import { offersTo, type Placed } from "./regions.ts";

const SUBNET_PREFIX = 28;
export const SUBNET_SIZE = 2 ** (32 - SUBNET_PREFIX);
/** Any fixed number: everyone who hands out a place waits for this lock of the database. */
const LOCK = 7_237_784;

type Ranges = Pick<StackSettings, "portRange" | "subnetPool">;

export interface Address {
  readonly hostPort: number;
  readonly subnet: string;
}

/** How many deployments can have an address at once. */
export function addressCount({ portRange, subnetPool }: Ranges): number {
  const [, prefix] = ipaddr.IPv4.parseCIDR(subnetPool);
  return Math.min(portRange.last - portRange.first + 1, 2 ** Math.max(0, SUBNET_PREFIX - prefix));
}

/** The port and the subnet of a place. */
export function addressAt({ portRange, subnetPool }: Ranges, place: number): Address {
  const [first, second, third, fourth] = ipaddr.IPv4.networkAddressFromCIDR(subnetPool).octets;
  const base = ((first ?? 0) << 24) + ((second ?? 0) << 16) + ((third ?? 0) << 8) + (fourth ?? 0);
  const start = base + place * SUBNET_SIZE;
  const octets = [24, 16, 8, 0].map((shift) => (start >>> shift) & 255);
  return { hostPort: portRange.first + place, subnet: `${octets.join(".")}/${SUBNET_PREFIX}` };
}

/** As handOutAddress, unless it lives where there are no addresses of Berth's own. */
export async function handOutNeeded(trx: Sql, settings: StackSettings, deployment: Placed): Promise<void> {
  if (offersTo(settings, deployment, "addresses")) await handOutAddress(trx, settings, deployment.id);
}

/**
 * Gives the deployment the lowest free place, or the one it has already. Call it inside a transaction, of one that lives, or
 * is to live, where that is needed.
 * @throws BerthError UNAVAILABLE when every place is taken.
 */
async function handOutAddress(trx: Sql, settings: StackSettings, deploymentId: string): Promise<void> {
  await raw`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
  const count = addressCount(settings);
  const { rows } = await raw<{ place: number }>`
    select coalesce(d.address, (
      select place from generate_series(0, ${count - 1}::int) as place
      where not exists (select from deployments where address = place) order by place limit 1
    )) as place from deployments d where d.id = ${deploymentId}`.execute(trx);
  const place = rows[0]?.place ?? null;
  if (place === null) {
    throw new BerthError(
      "UNAVAILABLE",
      `No place of this installation is free, of ${count}. Nothing was changed; try again when an assistant was deleted.`,
    );
  }
  await trx.updateTable("deployments").set({ address: place }).where("id", "=", deploymentId).execute();
}

/**
 * Gives the deployment the lowest free place that is not `taken` by somebody else, in the place of its own.
 * @returns undefined if there is none: it keeps its own then
 */
export async function takeFreePlace(
  sql: Sql,
  settings: StackSettings,
  deploymentId: string,
  taken: ReadonlySet<number>,
): Promise<number | undefined> {
  return sql.transaction().execute(async (trx) => {
    // First, as by those who accept a call and then hand out a place.
    await trx.selectFrom("deployments").select("id").where("id", "=", deploymentId).forUpdate().execute();
    await raw`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
    const { rows } = await raw<{
      address: number;
    }>`select address from deployments where address is not null`.execute(trx);
    const held = new Set(rows.map(({ address }) => address));
    for (let place = 0; place < addressCount(settings); place++) {
      if (held.has(place) || taken.has(place)) continue;
      await trx.updateTable("deployments").set({ address: place }).where("id", "=", deploymentId).execute();
      return place;
    }
    return undefined;
  });
}
