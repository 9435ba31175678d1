// The lines of a log, of which only those on the screen are in the page.
import { Box, Mark, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
import { plainText } from "../../../parts/plain-text.ts";
import type { Scroll } from "./follow.ts";
import type { Line } from "./line-store.ts";
import { marked } from "./search.ts";

const LINE_PX = 20;

interface LogLinesProps {
  readonly rows: readonly Line[];
  readonly search: string;
  /** Which of the rows the search is at; null for none. */
  readonly current: number | null;
  readonly isFollowing: boolean;
  readonly onScroll: (scroll: Scroll) => void;
}

export function LogLines({ rows, search, current, isFollowing, onScroll }: LogLinesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const topBefore = useRef(0);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => LINE_PX,
    getItemKey: (index) => rows[index]?.number ?? index,
    overscan: 8,
    anchorTo: "end",
  });
  const last = rows.at(-1)?.number;
  useEffect(() => {
    if (isFollowing && last !== undefined) virtualizer.scrollToEnd();
  }, [isFollowing, last, virtualizer]);
  useEffect(() => {
    if (current !== null) virtualizer.scrollToIndex(current, { align: "center" });
  }, [current, virtualizer]);
  const scroll = ({ scrollTop: top, scrollHeight, clientHeight }: HTMLElement) => {
    onScroll({ top, topBefore: topBefore.current, distanceFromEnd: scrollHeight - clientHeight - top });
    topBefore.current = top;
  };
  return (
    <Box
      ref={frame}
      role="log"
      aria-label="Log"
      aria-live="off"
      tabIndex={0}
      h="60dvh"
      mih={280}
      bd="1px solid var(--mantine-color-default-border)"
      bdrs="md"
      style={{ overflowY: "auto", overflowX: "hidden", contain: "strict", overflowAnchor: "none" }}
      onScroll={({ currentTarget }) => scroll(currentTarget)}
    >
      <Box pos="relative" h={virtualizer.getTotalSize()}>
        {virtualizer.getVirtualItems().map(({ key, index, start }) => {
          const line = rows[index];
          if (!line) return null;
          return (
            <Box
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              pos="absolute"
              top={0}
              left={0}
              w="100%"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Row line={line} search={search} isCurrent={index === current} />
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}

interface RowProps {
  readonly line: Line;
  readonly search: string;
  readonly isCurrent: boolean;
}

const Row = memo(function Row({ line, search, isCurrent }: RowProps) {
  if (line.isRemark)
    return (
      <Text size="xs" px="sm" py={2} fs="italic" c="dimmed">
        {line.text}
      </Text>
    );
  // Plain elements: a component for each of so many lines would slow the scrolling down.
  return (
    <div style={isCurrent ? CURRENT : WRITTEN}>
      {line.at !== null && (
        <span style={TIME_STYLE} title={`${line.at.slice(0, 23)} UTC`}>
          {TIME.format(new Date(line.at))}
        </span>
      )}
      <bdi>
        {marked(plainText(line.text), search).map(({ text, isMatch }, index) =>
          isMatch ? <Mark key={index}>{text}</Mark> : text,
        )}
      </bdi>
    </div>
  );
});

const WRITTEN = {
  padding: "1px 12px",
  font: "12px/18px var(--mantine-font-family-monospace)",
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
} as const;
const CURRENT = { ...WRITTEN, background: "var(--mantine-primary-color-light)" } as const;
const TIME_STYLE = { color: "var(--mantine-color-dimmed)", marginInlineEnd: 12 } as const;
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
