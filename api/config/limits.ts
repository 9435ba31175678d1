// How much of the server clients may have.

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
