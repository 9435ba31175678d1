import { Code, Group, Stack, Text } from "@mantine/core";
import { CopyText } from "./copy-text.tsx";

interface CurlSnippetProps {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly body?: unknown;
}

/** The same call, as a program makes it. */
export function CurlSnippet({ method, url, body }: CurlSnippetProps) {
  const lines = [
    `curl -X ${method} ${url}`,
    '-H "X-API-Key: $BERTH_API_KEY"',
    ...(body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`]),
  ];
  const text = lines.join(" \\\n  ");
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          The same by the API
        </Text>
        <CopyText text={text} />
      </Group>
      <Code block tabIndex={0}>
        {text}
      </Code>
    </Stack>
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
