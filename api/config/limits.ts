// How much of the server clients may have.

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
  readonly maxConnections: number;
}

/** An account may use so many keys' budgets, unless a setting says otherwise. */
const KEYS_IN_FULL = 2;

interface LimitEnvironment {
  readonly BERTH_RATE_READS: number;
  readonly BERTH_RATE_WRITES: number;
  readonly BERTH_RATE_ACCOUNT_READS?: number | undefined;
  readonly BERTH_RATE_ACCOUNT_WRITES?: number | undefined;
  readonly BERTH_RATE_WRONG_KEYS: number;
  readonly BERTH_MAX_LIVE_DEPLOYMENTS: number;
  readonly BERTH_MAX_CONNECTIONS: number;
}

export function limits(read: LimitEnvironment): Limits {
  return {
    rates: {
      reads: read.BERTH_RATE_READS,
      writes: read.BERTH_RATE_WRITES,
      accountReads: read.BERTH_RATE_ACCOUNT_READS ?? KEYS_IN_FULL * read.BERTH_RATE_READS,
      accountWrites: read.BERTH_RATE_ACCOUNT_WRITES ?? KEYS_IN_FULL * read.BERTH_RATE_WRITES,
      wrongKeys: read.BERTH_RATE_WRONG_KEYS,
    },
    maxLiveDeployments: read.BERTH_MAX_LIVE_DEPLOYMENTS,
    maxConnections: read.BERTH_MAX_CONNECTIONS,
  };
}
