import { CopyableCode } from "./copyable-code.tsx";

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
  return <CopyableCode label="The same by the API" text={lines.join(" \\\n  ")} />;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
