import { Text, Tooltip } from "@mantine/core";
import { useNow } from "./use-now.ts";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
const CLOCK_SKEW_S = 15;
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A moment as how long ago it was; the viewer's own time and UTC on hover and for screen readers. */
export function Moment({ at }: { readonly at: string | null }) {
  const now = useNow();
  if (at === null) return <Text span>–</Text>;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return <Text span>{at}</Text>;
  return (
    <Tooltip label={`${LOCAL.format(moment)} (${moment.toISOString().slice(0, 19)} UTC)`}>
      <Text span inherit component="time" dateTime={at} tabIndex={0} style={{ whiteSpace: "nowrap" }}>
        {relative(moment.getTime() - now)}
      </Text>
    </Tooltip>
  );
}

/** @param ms until then; negative for the past */
function relative(ms: number): string {
  const seconds = ms / 1_000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  // Clocks differ by seconds: what has just happened may lie ahead.
  if (!unit || !size) return seconds <= CLOCK_SKEW_S ? "just now" : "in a moment";
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}
