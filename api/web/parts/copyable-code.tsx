import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";

interface CopyableCodeProps {
  readonly label: string;
  readonly text: string;
  /** In pixels: what is longer scrolls. */
  readonly mostHeight?: number;
}

/** Lines for a terminal, or from one. */
export function CopyableCode({ label, text, mostHeight }: CopyableCodeProps) {
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text c="dimmed">{label}</Text>
        <CopyText text={text} />
      </Group>
      <Code block tabIndex={0} {...(mostHeight && { mah: mostHeight, style: { overflow: "auto" } })}>
        {text}
      </Code>
    </Stack>
  );
}

export function CopyText({ text }: { readonly text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="subtle" onClick={copy} aria-live="polite">
          {copied ? "Copied" : "Copy"}
        </Button>
      )}
    </CopyButton>
  );
}
