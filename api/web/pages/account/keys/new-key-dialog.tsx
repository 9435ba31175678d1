import { Button, Code, Group, Stack, Text } from "@mantine/core";
import type { NewKey } from "../../../api/account.ts";
import { CopyText } from "../../../parts/copyable-code.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { plainText } from "../../../parts/plain-text.ts";

/** The only time that a key's text is seen. It closes by its button alone. */
export function NewKeyDialog({ made, onClose }: { readonly made: NewKey; readonly onClose: () => void }) {
  return (
    <Dialog
      opened
      onClose={onClose}
      title="The new key"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack>
        <Text>
          This is the key <bdi>{plainText(made.name)}</bdi> of the account <bdi>{made.account}</bdi>. Copy it
          now: it is not shown again.
        </Text>
        <Group gap="xs">
          <Code style={{ overflowWrap: "anywhere" }}>{made.apiKey}</Code>
          <CopyText text={made.apiKey} />
        </Group>
        <Group justify="end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
