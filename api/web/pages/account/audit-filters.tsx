import { Select, SimpleGrid, TextInput } from "@mantine/core";
import type { AuditFilter } from "../../api/account.ts";
import { useTyped } from "../../parts/use-typed.ts";
import { isDeploymentId } from "../../search-params.ts";

const KINDS = [
  { value: "change", label: "Changes" },
  { value: "read", label: "Reads" },
];
const OUTCOMES = [
  { value: "done", label: "Done" },
  { value: "refused", label: "Refused" },
];

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (changed: AuditFilter) => void;
}

/** Which calls are shown. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" maw={1000}>
      <Select
        label="Calls"
        placeholder="All"
        data={KINDS}
        clearable
        value={filter.kind ?? null}
        onChange={(kind) => onChange({ kind: (kind ?? undefined) as AuditFilter["kind"] })}
      />
      <Select
        label="Answer"
        placeholder="All"
        data={OUTCOMES}
        clearable
        value={filter.outcome ?? null}
        onChange={(outcome) => onChange({ outcome: (outcome ?? undefined) as AuditFilter["outcome"] })}
      />
      <TextInput
        label="From"
        type="date"
        value={filter.from ?? ""}
        onChange={({ currentTarget: { value } }) => onChange({ from: value || undefined })}
      />
      <TextInput
        label="To"
        type="date"
        value={filter.to ?? ""}
        onChange={({ currentTarget: { value } }) => onChange({ to: value || undefined })}
      />
      <DeploymentInput deployment={filter.deployment} onChange={(deployment) => onChange({ deployment })} />
    </SimpleGrid>
  );
}

interface DeploymentInputProps {
  readonly deployment: string | undefined;
  readonly onChange: (deployment: string | undefined) => void;
}

/** An id is whole, or none. */
function DeploymentInput({ deployment, onChange }: DeploymentInputProps) {
  const { typed, setTyped, report } = useTyped(deployment ?? "");
  const isUsable = typed.trim() === "" || isDeploymentId(typed.trim());
  return (
    <TextInput
      label="Deployment"
      placeholder="Its id"
      value={typed}
      error={isUsable ? null : "This is no id of a deployment."}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        const id = value.trim();
        if (id === "" || isDeploymentId(id)) onChange(report(id) || undefined);
      }}
    />
  );
}
