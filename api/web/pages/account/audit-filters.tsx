import { Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import type { AuditFilter } from "../../api/account.ts";

const TYPING_MS = 300;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const KINDS = [
  { value: "change", label: "Changes" },
  { value: "read", label: "Reads" },
];
const OUTCOMES = [
  { value: "done", label: "Done" },
  { value: "refused", label: "Refused" },
];

/** Which calls are shown. */
export function AuditFilters({ onChange }: { readonly onChange: (filter: AuditFilter) => void }) {
  const [filter, setFilter] = useState<AuditFilter>({});
  const [typed, setTyped] = useState("");
  const change = (changed: AuditFilter) => {
    const next = { ...filter, ...changed };
    setFilter(next);
    onChange(next);
  };
  const settle = useDebouncedCallback((deployment: string) => change({ deployment }), TYPING_MS);
  const isId = typed === "" || ID.test(typed.trim());
  return (
    <>
      <Select
        label="Calls"
        placeholder="All"
        data={KINDS}
        clearable
        onChange={(kind) => change({ kind: (kind ?? undefined) as AuditFilter["kind"] })}
      />
      <Select
        label="Answer"
        placeholder="All"
        data={OUTCOMES}
        clearable
        onChange={(outcome) => change({ outcome: (outcome ?? undefined) as AuditFilter["outcome"] })}
      />
      <TextInput
        label="Deployment"
        placeholder="Its id"
        value={typed}
        error={isId ? null : "This is no id of a deployment."}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          if (value.trim() === "" || ID.test(value.trim())) settle(value.trim());
        }}
      />
    </>
  );
}
