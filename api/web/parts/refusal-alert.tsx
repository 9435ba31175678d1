import { Alert, Text } from "@mantine/core";
import { Refusal } from "../api/client.ts";
import { plainText } from "./plain-text.ts";

const LONGEST = 2_000;

/** It may quote what somebody else has written, at any length. */
function shown(message: string): string {
  const text = plainText(message);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What went wrong, in the API's own sentence. */
export function RefusalAlert({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const message = error instanceof Error ? error.message : String(error);
  const requestId = error instanceof Refusal ? error.requestId : null;
  return (
    <Alert color="red" role="alert" title={shown(message)} styles={{ label: { overflowWrap: "anywhere" } }}>
      {requestId && (
        <Text size="xs" c="dimmed">
          Request {requestId}
        </Text>
      )}
    </Alert>
  );
}
