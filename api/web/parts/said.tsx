import { Text } from "@mantine/core";

/** What an engine or a log has said, below the sentence that it is about. */
export function Said({ text }: { readonly text: string }) {
  return (
    <Text
      component="p"
      size="xs"
      m={0}
      ff="monospace"
      maw="120ch"
      style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
    >
      {text}
    </Text>
  );
}
