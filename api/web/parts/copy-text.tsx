import { Button, CopyButton } from "@mantine/core";

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
