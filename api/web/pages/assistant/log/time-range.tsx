import { Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { berthNow } from "../../../api/clock.ts";

export interface Range {
  /** ISO 8601 in UTC, to the second and without a zone, as the lines' times begin; null for no bound. */
  readonly from: string | null;
  readonly to: string | null;
}

export const ANY_TIME: Range = { from: null, to: null };

const CHOICES = [
  { value: "any", label: "Any time" },
  { value: "15", label: "Last 15 minutes" },
  { value: "60", label: "Last hour" },
  { value: "1440", label: "Last 24 hours" },
  { value: "own", label: "From … to …" },
];
const MINUTE_MS = 60_000;

/** Which lines are read, by their times. */
export function TimeRange({ onChange }: { readonly onChange: (range: Range) => void }) {
  const [choice, setChoice] = useState("any");
  const [own, setOwn] = useState({ from: "", to: "" });
  const choose = (value: string) => {
    setChoice(value);
    if (value === "any") onChange(ANY_TIME);
    else if (value === "own") onChange(rangeOf(own));
    else onChange({ from: stamp(new Date(berthNow() - Number(value) * MINUTE_MS)), to: null });
  };
  const change = (part: Partial<typeof own>) => {
    const next = { ...own, ...part };
    setOwn(next);
    onChange(rangeOf(next));
  };
  return (
    <Group gap="xs" align="end">
      <Select
        label="Time"
        data={CHOICES}
        value={choice}
        allowDeselect={false}
        w={170}
        onChange={(value) => choose(value ?? "any")}
      />
      {choice === "own" && (
        <>
          <TextInput
            label="From"
            type="datetime-local"
            value={own.from}
            onChange={({ currentTarget: { value } }) => change({ from: value })}
          />
          <TextInput
            label="To"
            type="datetime-local"
            value={own.to}
            onChange={({ currentTarget: { value } }) => change({ to: value })}
          />
        </>
      )}
    </Group>
  );
}

function rangeOf({ from, to }: { readonly from: string; readonly to: string }): Range {
  return { from: from ? stamp(new Date(from)) : null, to: to ? stamp(new Date(to)) : null };
}

function stamp(moment: Date): string {
  return moment.toISOString().slice(0, 19);
}
