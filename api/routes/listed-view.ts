// What a list shows of a deployment beside its record.
import type { z } from "zod";
import { STATUSES, type Status } from "../../stacks/lifecycle.ts";
import type { Listed } from "../../stacks/operations/listing.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { useOf } from "../../stacks/usage/present.ts";
import type { ListedDeployment, listedFields, StatusTotals } from "../contract/listed.ts";
import { deploymentView, drift, operationView, type ViewParts, warning } from "./deployment-view.ts";

type Beside = { [field in keyof typeof listedFields]: z.infer<(typeof listedFields)[field]> };

export function listedView(parts: ViewParts, listed: Listed): z.infer<typeof ListedDeployment> {
  const { account, deployment } = listed;
  return { ...deploymentView(parts, deployment), account, ...besideView(parts.settings, listed) };
}

/** The fields that lists have beyond a deployment's own. */
export function besideView({ modelLimits }: StackSettings, listed: Listed): Beside {
  const { deployment, operation, spend } = listed;
  const { month, day } = useOf(spend, deployment, modelLimits).windows;
  return {
    operation: operation ? operationView(operation) : null,
    drift: drift(deployment),
    warning: warning(deployment),
    lastActivityAt: lastActivity(listed),
    present: { month, day },
  };
}

export function totalsView(counts: ReadonlyMap<Status, number>): z.infer<typeof StatusTotals> {
  const kept = STATUSES.filter((status) => status !== "deleted");
  const byStatus = Object.fromEntries(kept.map((status) => [status, counts.get(status) ?? 0]));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { total, byStatus } as z.infer<typeof StatusTotals>;
}

function lastActivity({ deployment, operation }: Listed): Date {
  const { lastMessageAt = null, lastAnswerAt = null } = deployment.conversation ?? {};
  const operated = operation && (operation.finished_at ?? operation.started_at ?? operation.created_at);
  const moments = [deployment.created_at, operated, lastMessageAt, lastAnswerAt];
  return new Date(Math.max(...moments.map((moment) => (moment ? new Date(moment).getTime() : 0))));
}
