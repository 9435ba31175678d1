import { Alert, Button, Group, Text } from "@mantine/core";
import { Moment } from "../../../parts/moment.tsx";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import type { Log } from "./use-log.ts";

const ENDS: Readonly<Record<string, string>> = {
  no_more: "The assistant has ended, and writes no more. The log goes on when it runs again.",
  key_ended: "The key of this session has ended. Sign in again to read on.",
};

/** How it stands with the log, in a sentence, when lines do not simply come. */
export function LogStateNote({ state, again }: Pick<Log, "state" | "again">) {
  if (state.phase === "opening" || state.phase === "live") return null;
  if (state.phase === "lost")
    return (
      <Alert color="yellow" role="status">
        <Text>
          The connection was lost <Moment at={new Date(state.since).toISOString()} />. It comes back by
          itself, with the lines that were written meanwhile.
        </Text>
      </Alert>
    );
  return (
    <Group align="center">
      {state.phase === "refused" ? (
        <RefusalAlert error={state.error} />
      ) : (
        <Alert color="gray" role="status">
          {ENDS[state.reason] ?? "The log has ended."}
        </Alert>
      )}
      <Button variant="default" onClick={again}>
        Read again
      </Button>
    </Group>
  );
}
