// How much of the server clients may have.
import { connectionsWithin, openFilesLimit } from "./descriptors.ts";

/** Calls a minute; 0 is no limit. */
export interface RateSettings {
  readonly reads: number;
  readonly writes: number;
  readonly wrongKeys: number;
}

export interface Limits {
  readonly rates: RateSettings;
  /** Of one account; 0 is no limit. */
  readonly maxLiveDeployments: number;
  readonly maxConnections: number;
}

interface LimitEnvironment {
  readonly BERTH_RATE_READS: number;
  readonly BERTH_RATE_WRITES: number;
  readonly BERTH_RATE_WRONG_KEYS: number;
  readonly BERTH_MAX_LIVE_DEPLOYMENTS: number;
  readonly BERTH_MAX_CONNECTIONS: number;
}

export function limits(read: LimitEnvironment): Limits {
  return {
    rates: {
      reads: read.BERTH_RATE_READS,
      writes: read.BERTH_RATE_WRITES,
      wrongKeys: read.BERTH_RATE_WRONG_KEYS,
    },
    maxLiveDeployments: read.BERTH_MAX_LIVE_DEPLOYMENTS,
    maxConnections: connectionsWithin(read.BERTH_MAX_CONNECTIONS, openFilesLimit()),
  };
}
