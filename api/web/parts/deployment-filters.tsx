import { Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { KeptStatus } from "../api/deployments.ts";
import { CountChips } from "./count-chips.tsx";
import { SearchField } from "./search-field.tsx";
import { wordOf } from "./state-dot.tsx";

/** As they stand in the page's address, so that a link keeps them: what is not narrowed is left out. */
interface Narrowed {
  readonly search?: string | undefined;
  readonly status?: readonly KeptStatus[] | undefined;
}

interface DeploymentFiltersProps extends Narrowed {
  /** How many there are in each state; undefined until that is known. */
  readonly counts: Readonly<Partial<Record<KeptStatus, number>>> | undefined;
  readonly onChange: (narrowed: Narrowed) => void;
  /** A further filter, beside the search. */
  readonly beside?: ReactNode;
  /** Further filters, below the states. */
  readonly below?: ReactNode;
}

/** Which deployments of a list are shown: by a text, and by their states. */
export function DeploymentFilters(props: DeploymentFiltersProps) {
  const { search = "", status = [], counts = {}, onChange, beside, below } = props;
  const counted = Object.entries(counts) as [KeptStatus, number][];
  return (
    <Stack gap="xs">
      <Group align="end" gap="sm">
        <SearchField
          label="Search"
          placeholder="Name, model, bot or id"
          value={search}
          onSettled={(text) => onChange({ search: text || undefined })}
        />
        {beside}
      </Group>
      <CountChips
        label="States"
        chips={counted.map(([name, count]) => ({ value: name, text: wordOf(name), count }))}
        chosen={status}
        onChange={(names) => onChange({ status: names.length > 0 ? (names as KeptStatus[]) : undefined })}
      />
      {below}
    </Stack>
  );
}
