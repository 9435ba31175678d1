// Where deployments live on AWS: a region, with what all of them share there.

import type { Capabilities, Place } from "../target.ts";
import type { Foundation } from "./args.ts";

/** A region as the operator has named it. */
export interface AwsRegion extends Place {
  readonly target: "aws";
  readonly region: string;
  /** What the region's deployments share: a stack's name, or ids of what is there already. */
  readonly foundation: string | Foundation;
}

export interface AwsPlace extends AwsRegion {
  readonly foundation: Foundation;
}

export function awsCapabilities({ foundation }: AwsPlace): Capabilities {
  const advice =
    "The region's foundation was made before there were backups on AWS. The operator has to run `npm run berth -- aws up` there, and to restart Berth.";
  return {
    addresses: false,
    dataLimit: false,
    calls: false,
    rehearsal: false,
    preboot: false,
    backups: foundation.transfer ? true : { advice },
  };
}
