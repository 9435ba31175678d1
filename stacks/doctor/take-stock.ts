// What the targets of an installation hold, as one: each deployment is looked at on the one that it lives on.
import { EngineAway } from "../../infra/target.ts";
import { targetsOf } from "../../infra/targets.ts";
import { firstTarget } from "../deployments/regions.ts";
import { AUDITS } from "./audits.ts";
import type { Result } from "./check.ts";
import type { DoctorParts } from "./parts.ts";
import type { OwnChecks, Stock, Stray, TargetAudit } from "./target-audit.ts";

/** Undefined where none of the targets is audited. */
export async function takeStock({ settings }: Pick<DoctorParts, "settings">): Promise<Stock | undefined> {
  const taken = await Promise.all(
    targetsOf(settings.places).map(async (target) => {
      const audit = AUDITS.get(target);
      return audit ? [[target, await takeOne(audit, settings)] as const] : [];
    }),
  );
  const stocks = new Map(taken.flat());
  if (stocks.size === 0) return undefined;
  return {
    labelled: merged([...stocks.values()]),
    async look(parts, deployment) {
      const target = deployment.target ?? firstTarget(settings);
      const stock = stocks.get(target);
      return stock?.look(parts, deployment) ?? { run: () => [], unchecked: [`what ${target} holds of it`] };
    },
    async examine(strays) {
      const results = await Promise.all(
        [...stocks.values()].map((stock) => stock.examine(own(stock, strays))),
      );
      return {
        checks: results.reduce((sum, { checks }) => sum + checks, 0),
        findings: results.flatMap(({ findings }) => findings),
      };
    },
  };
}

/** One that goes away meanwhile is away from then on. */
async function takeOne(audit: TargetAudit, settings: DoctorParts["settings"]): Promise<Stock> {
  let now = await audit.takeStock(settings).catch(whenAway(audit.away));
  const { labelled } = now;
  return {
    labelled,
    look: (parts, deployment): Promise<OwnChecks> =>
      now.look(parts, deployment).catch((error: unknown) => {
        now = whenAway(audit.away)(error);
        return now.look(parts, deployment);
      }),
    examine: (strays): Promise<Result> => now.examine(strays),
  };
}

function whenAway<Away>(away: Away): (error: unknown) => Away {
  return (error) => {
    if (error instanceof EngineAway) return away;
    throw error;
  };
}

function merged(stocks: readonly Stock[]): Stock["labelled"] {
  const all = new Map<string, readonly string[]>();
  for (const { labelled } of stocks)
    for (const [id, what] of labelled) all.set(id, [...(all.get(id) ?? []), ...what]);
  return all;
}

/** Of these, what that target holds. */
function own({ labelled }: Stock, strays: readonly Stray[]): Stray[] {
  return strays.flatMap((stray) => {
    const what = labelled.get(stray.deploymentId);
    return what ? [{ ...stray, what }] : [];
  });
}
