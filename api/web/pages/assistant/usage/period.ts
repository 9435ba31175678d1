// The days that a report is of. The API counts days in UTC.

export const PERIODS = [
  { value: "month", label: "This month" },
  { value: "last month", label: "Last month" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
  { value: "90", label: "Last 90 days" },
  { value: "365", label: "Last 365 days" },
] as const;

export type PeriodName = (typeof PERIODS)[number]["value"];

export interface Period {
  /** First and last day, e.g. 2026-01-31. */
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;

export function periodOf(name: PeriodName, now: Date): Period {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const today = dayOf(now.getTime());
  if (name === "month") return { from: dayOf(Date.UTC(year, month, 1)), to: today };
  if (name === "last month")
    return { from: dayOf(Date.UTC(year, month - 1, 1)), to: dayOf(Date.UTC(year, month, 0)) };
  return { from: dayOf(now.getTime() - (Number(name) - 1) * DAY_MS), to: today };
}

/** Every day of a period, the first one first. */
export function daysOf({ from, to }: Period): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) days.push(dayOf(at));
  return days;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
