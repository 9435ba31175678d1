import { Alert, Text } from "@mantine/core";
import { Refusal } from "../api/client.ts";

/** What went wrong, in the API's own sentence. */
export function RefusalAlert({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const message = error instanceof Error ? error.message : String(error);
  const requestId = error instanceof Refusal ? error.requestId : null;
  return (
    <Alert color="red" role="alert" title={message}>
      {requestId && (
        <Text size="xs" c="dimmed">
          Request {requestId}
        </Text>
      )}
    </Alert>
  );
}
