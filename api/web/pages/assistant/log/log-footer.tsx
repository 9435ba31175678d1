import { Button, Group, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { plainText } from "../../../parts/plain-text.ts";
import { type Line, MOST_LINES } from "./line-store.ts";
import { lines } from "./log-search.tsx";
import type { LogView } from "./use-log-view.ts";

interface LogFooterProps {
  readonly view: LogView;
  /** How many lines have made way. */
  readonly gone: number;
  readonly isOpening: boolean;
  /** Of the file to download. */
  readonly fileName: string;
}

/** How many lines there are, and what can be done with them. */
export function LogFooter({ view, gone, isOpening, fileName }: LogFooterProps) {
  const { rows } = view;
  const clipboard = useClipboard();
  return (
    <Group justify="space-between">
      <Text c="dimmed" role="status">
        {sentence(rows.length, gone, isOpening)}
      </Text>
      <Group gap="xs">
        {view.isPaused ? (
          <Button size="xs" onClick={view.goOn}>
            {view.held === 0 ? "Go on" : `Show ${lines(view.held)} more`}
          </Button>
        ) : (
          <Button variant="default" size="xs" onClick={view.pause}>
            Pause
          </Button>
        )}
        {!view.isFollowing && !view.isPaused && (
          <Button variant="default" size="xs" onClick={view.goOn}>
            To the end
          </Button>
        )}
        {rows.length > 0 && (
          <>
            <Button
              variant="default"
              size="xs"
              onClick={() => clipboard.copy(textOf(rows))}
              aria-live="polite"
            >
              {clipboard.copied ? "Copied" : clipboard.error ? "The browser forbids it" : "Copy"}
            </Button>
            <Button variant="default" size="xs" onClick={() => download(textOf(rows), fileName)}>
              Download
            </Button>
          </>
        )}
      </Group>
    </Group>
  );
}

function sentence(shown: number, gone: number, isOpening: boolean): string {
  if (shown === 0) return isOpening ? "Reading …" : "No lines.";
  if (gone === 0) return `${lines(shown)}.`;
  return `${lines(shown)}. This page keeps ${lines(MOST_LINES)} at most: the ${gone.toLocaleString("en")} oldest have made way.`;
}

function textOf(rows: readonly Line[]): string {
  return rows.map(({ at, text }) => `${at === null ? "" : `${at} `}${plainText(text)}\n`).join("");
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
