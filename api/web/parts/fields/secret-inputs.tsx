// Secrets are entered and never shown: of a stored one the API says its last characters alone.
import { Anchor, Code, List, PasswordInput, type PasswordInputProps, Stack, Text } from "@mantine/core";

interface SecretInputProps extends PasswordInputProps {
  /** As the API shows the stored one; null if there is none. */
  readonly stored: string | null;
}

export function SecretInput({ stored, description, ...props }: SecretInputProps) {
  const kept = stored === null ? null : `Set, ends in ${stored.slice(-4)}. Enter a new one to replace it.`;
  return (
    <PasswordInput
      autoComplete="new-password"
      spellCheck={false}
      {...props}
      description={kept ?? description}
      inputWrapperOrder={["label", "input", "description", "error"]}
    />
  );
}

export function BotTokenInput(props: SecretInputProps) {
  return (
    <Stack gap={4}>
      <SecretInput label="Telegram bot token" placeholder="123456789:AA…" {...props} />
      <Text component="details" size="xs">
        <summary>How to get one from BotFather</summary>
        <List type="ordered" spacing={4} size="xs" mt="xs">
          <List.Item>
            In Telegram, open{" "}
            <Anchor href="https://t.me/BotFather" target="_blank" rel="noreferrer" inherit underline="always">
              @BotFather
            </Anchor>{" "}
            and send <Code>/newbot</Code>.
          </List.Item>
          <List.Item>Answer with a name, then with a username that ends in “bot”.</List.Item>
          <List.Item>
            Copy the token that comes, a number, a colon and letters, and paste it here. Of a bot that you
            have already, <Code>/mybots</Code> shows it.
          </List.Item>
        </List>
      </Text>
    </Stack>
  );
}
