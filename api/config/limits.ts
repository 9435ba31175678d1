// How much of the server clients may have.
import { z } from "zod";
import { connectionsWithin, openFilesLimit } from "./descriptors.ts";
import { count } from "./forms.ts";

/** Calls a minute; 0 is no limit. */
export interface RateSettings {
  readonly reads: number;
  readonly writes: number;
  /** Of all keys of an account together. */
  readonly accountReads: number;
  readonly accountWrites: number;
  readonly wrongKeys: number;
}

export interface Limits {
  readonly rates: RateSettings;
  /** Of one account; 0 is no limit. */
  readonly maxLiveDeployments: number;
  readonly connections: ConnectionLimits;
}

export interface ConnectionLimits {
  readonly most: number;
  /** Of one client address. */
  readonly ofAddress: number;
}

const SHARE_OF_AN_ADDRESS = 1 / 4;

/** An account may use so many keys' budgets, unless a setting says otherwise. */
const KEYS_IN_FULL = 2;

const connections = z.coerce.number().int().min(1).max(65_535);

/** Part of the environment: see config.ts. */
export const limitsEnvironment = {
  BERTH_RATE_READS: count.default(300_000),
  BERTH_RATE_WRITES: count.default(1_200),
  BERTH_RATE_ACCOUNT_READS: count.optional(),
  BERTH_RATE_ACCOUNT_WRITES: count.optional(),
  BERTH_RATE_WRONG_KEYS: count.default(30),
  BERTH_MAX_LIVE_DEPLOYMENTS: count.default(0),
  BERTH_MAX_CONNECTIONS: connections.default(2_000),
  BERTH_MAX_CONNECTIONS_PER_ADDRESS: connections.optional(),
};

type Read = z.infer<z.ZodObject<typeof limitsEnvironment>>;

export function limits(read: Read): Limits {
  return {
    rates: {
      reads: read.BERTH_RATE_READS,
      writes: read.BERTH_RATE_WRITES,
      accountReads: read.BERTH_RATE_ACCOUNT_READS ?? KEYS_IN_FULL * read.BERTH_RATE_READS,
      accountWrites: read.BERTH_RATE_ACCOUNT_WRITES ?? KEYS_IN_FULL * read.BERTH_RATE_WRITES,
      wrongKeys: read.BERTH_RATE_WRONG_KEYS,
    },
    maxLiveDeployments: read.BERTH_MAX_LIVE_DEPLOYMENTS,
    connections: connectionLimits(read, openFilesLimit()),
  };
}

/** @param openFiles how many descriptors this process may have: what connections would use up is missing elsewhere */
export function connectionLimits(
  {
    BERTH_MAX_CONNECTIONS: wanted,
    BERTH_MAX_CONNECTIONS_PER_ADDRESS: ofAddress,
  }: Pick<Read, "BERTH_MAX_CONNECTIONS" | "BERTH_MAX_CONNECTIONS_PER_ADDRESS">,
  openFiles: number | undefined,
): ConnectionLimits {
  const most = connectionsWithin(wanted, openFiles);
  return { most, ofAddress: ofAddress ?? Math.max(1, Math.floor(most * SHARE_OF_AN_ADDRESS)) };
}
