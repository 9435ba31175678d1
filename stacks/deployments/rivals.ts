// Who else uses ports or addresses of the ranges that Berth hands out from.
import ipaddr from "ipaddr.js";
import type { Occupied } from "../../infra/found.ts";
import type { StackSettings } from "../settings.ts";
import { addressAt, addressCount, SUBNET_SIZE } from "./addresses.ts";

type Ranges = Pick<StackSettings, "portRange" | "subnetPool">;

/** Named one by one. */
const MOST_PORTS = 10;

/** Something in use, with the places that it takes. */
export interface Rival extends Occupied {
  /** None if a network within its range works all the same. */
  readonly places: readonly number[];
}

/**
 * Those that use some of Berth's ranges, but for a deployment's own: that is where it is to be. A route that has the whole
 * pool takes no place: the way to an assistant is the narrower one.
 * @param isOwn whether what carries a deployment's id is no rival
 */
export function findRivals(
  settings: Ranges,
  occupied: readonly Occupied[],
  isOwn: (deploymentId: string) => boolean,
): Rival[] {
  const others = occupied.filter(({ deploymentId }) => deploymentId === null || !isOwn(deploymentId));
  return others.flatMap((one) => {
    const places = placesOf(settings, one);
    return places ? [{ ...one, places }] : [];
  });
}

/** The ranges of Berth's that it uses, in a sentence with what moves them. */
export function rivalInWords({ subnetPool, portRange }: Ranges, { range, port, by, places }: Rival): string {
  if (port !== undefined)
    return `The port ${port} of BERTH_PORT_RANGE (${portRange.first}-${portRange.last}) is used by ${by}.`;
  const skipped = places.length > 0 ? ` Its places are skipped (${places.length}).` : "";
  return `${range} of BERTH_SUBNET_POOL (${subnetPool}) is used by ${by}.${skipped}`;
}

/** One sentence each; of many ports the first few. */
export function rivalsInWords(settings: Ranges, rivals: readonly Rival[]): string[] {
  const [ports, ranges] = [
    rivals.filter(({ kind }) => kind === "port"),
    rivals.filter(({ kind }) => kind !== "port"),
  ];
  const more = ports.length > MOST_PORTS ? [`So are ${ports.length - MOST_PORTS} more of these ports.`] : [];
  return [
    ...[...ranges, ...ports.slice(0, MOST_PORTS)].map((rival) => rivalInWords(settings, rival)),
    ...more,
  ];
}

export const MOVE_RANGES =
  "Nothing, while there are places enough. BERTH_SUBNET_POOL and BERTH_PORT_RANGE move Berth's own ranges.";

/** Undefined if it uses none of them. */
function placesOf(settings: Ranges, { kind, range, port }: Occupied): number[] | undefined {
  const count = addressCount(settings);
  if (port !== undefined) {
    const place = port - settings.portRange.first;
    return place >= 0 && place < count ? [place] : undefined;
  }
  const [first, last] = span(range ?? "0.0.0.0/32");
  const [start] = span(addressAt(settings, 0).subnet);
  const [, end] = span(addressAt(settings, count - 1).subnet);
  if (last < start || first > end) return undefined;
  if (kind === "pool" || (kind === "route" && first <= start && last >= end)) return [];
  const from = Math.max(0, Math.floor((first - start) / SUBNET_SIZE));
  const to = Math.min(count - 1, Math.floor((last - start) / SUBNET_SIZE));
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** First and last address of a range. */
function span(cidr: string): [number, number] {
  const numberOf = ({ octets }: ipaddr.IPv4) => octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return [
    numberOf(ipaddr.IPv4.networkAddressFromCIDR(cidr)),
    numberOf(ipaddr.IPv4.broadcastAddressFromCIDR(cidr)),
  ];
}
