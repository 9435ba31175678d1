// An assistant's log: what is shown of it, and how.
import { Group, Stack } from "@mantine/core";
import { useState } from "react";
import { useEvents } from "../../../api/use-events.ts";
import { LogFooter } from "./log-footer.tsx";
import { LogLines } from "./log-lines.tsx";
import { LogSearch } from "./log-search.tsx";
import { LogStateNote } from "./log-state.tsx";
import { ANY_TIME, TimeRange } from "./time-range.tsx";
import { useLog } from "./use-log.ts";
import { useLogView } from "./use-log-view.ts";

export function LogPanel({ id }: { readonly id: string }) {
  const [range, setRange] = useState(ANY_TIME);
  const { store, state, again } = useLog(id, range.from === null ? undefined : `${range.from}Z`);
  const view = useLogView(store, range);
  useEvents({ names: ["operation"], id }, () => {
    if (state.phase === "ended" || state.phase === "refused") again();
  });
  return (
    <Stack gap="sm">
      <Group align="end" gap="md">
        <TimeRange onChange={setRange} />
        <LogSearch
          value={view.search}
          onlyMatches={view.onlyMatches}
          matches={view.search === view.sought ? view.matches.length : null}
          at={view.at}
          onSearch={view.find}
          onOnlyMatches={view.setOnlyMatches}
          onStep={view.stepBy}
        />
      </Group>
      <LogStateNote state={state} again={again} />
      {(state.phase !== "refused" || view.rows.length > 0) && (
        <>
          <LogLines
            rows={view.rows}
            search={view.sought}
            current={view.current}
            isFollowing={view.isFollowing}
            onScroll={view.scroll}
          />
          <LogFooter
            view={view}
            gone={store.gone}
            isOpening={state.phase === "opening"}
            fileName={`assistant-${id}.log`}
          />
        </>
      )}
    </Stack>
  );
}
