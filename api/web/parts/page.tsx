import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "./use-title.ts";

interface PageProps {
  /** Also in the browser's tab. */
  readonly title: string;
  /** The way back to the page above it. */
  readonly above?: ReactNode;
  /** What can be done on the whole page. */
  readonly action?: ReactNode;
  /** What the page is about, in a sentence or two. */
  readonly intro?: ReactNode;
  /** Of what is read or filled in rather than compared. */
  readonly isNarrow?: boolean;
  readonly children: ReactNode;
}

/** The frame of a page: its name, and how far apart its parts stand. */
export function Page({ title, above, action, intro, isNarrow = false, children }: PageProps) {
  useTitle(title);
  return (
    <Stack {...(isNarrow && { maw: 960 })}>
      <Stack gap={4}>
        {above}
        <Group justify="space-between" mih={36}>
          <Title order={1} size="h2">
            {title}
          </Title>
          {action}
        </Group>
        {intro && (
          <Text c="dimmed" maw={720}>
            {intro}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}

interface SectionProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, with a name of its own. */
export function Section({ title, action, children }: SectionProps) {
  return (
    <Stack component="section" aria-label={title} gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h3">
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </Stack>
  );
}
