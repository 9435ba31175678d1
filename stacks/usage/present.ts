// What assistants have used of this month, day and minute, against their limits.
import type { Selectable } from "kysely";
import type { Sql } from "../database/database.ts";
import type { ModelSpendTable } from "../database/model-usage-tables.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { LIMIT_WINDOWS, type LimitWindow, type ModelLimits } from "../settings.ts";
import { endOf, lowerOf, MICRODOLLARS, windowNames } from "./limits.ts";

export interface WindowUse {
  readonly tokens: number;
  readonly usd: number;
  readonly limitTokens: number | null;
  readonly limitUsd: number | null;
  readonly until: Date;
}

export interface PresentUse {
  readonly windows: Readonly<Record<LimitWindow, WindowUse>>;
  readonly openRequests: number;
  readonly requestsAtOnce: number | null;
}

/** The operator's limits, by the mode of the deployment. */
export type OperatorLimits = Readonly<Record<Deployment["api_mode"], ModelLimits>>;

type Limited = Pick<Deployment, "api_mode" | "model_limits">;

/** What a deployment has used of this month, day and minute, against its limits. */
export async function presentUse(
  sql: Sql,
  deployment: Limited & Pick<Deployment, "id">,
  ofOperator: OperatorLimits,
): Promise<PresentUse> {
  const spend = await sql
    .selectFrom("model_spend")
    .selectAll()
    .where("deployment_id", "=", deployment.id)
    .executeTakeFirst();
  return useOf(spend, deployment, ofOperator);
}

/** The same of a row that was read already; null or undefined if there is none. */
export function useOf(
  spend: Selectable<ModelSpendTable> | null | undefined,
  deployment: Limited,
  ofOperator: OperatorLimits,
): PresentUse {
  const now = new Date();
  const names = windowNames(now);
  const limits = lowerOf(deployment.model_limits, ofOperator[deployment.api_mode]);
  const windows = LIMIT_WINDOWS.map((window) => {
    const isPresent = spend?.[window] === names[window];
    const use: WindowUse = {
      tokens: isPresent ? spend[`${window}_tokens`] : 0,
      usd: isPresent ? spend[`${window}_microdollars`] / MICRODOLLARS : 0,
      limitTokens: limits[window]?.tokens ?? null,
      limitUsd: limits[window]?.usd ?? null,
      until: endOf(window, now),
    };
    return [window, use] as const;
  });
  return {
    windows: Object.fromEntries(windows) as Record<LimitWindow, WindowUse>,
    openRequests: spend?.open_requests ?? 0,
    requestsAtOnce: limits.requestsAtOnce ?? null,
  };
}
