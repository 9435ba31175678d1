import { Text } from "@mantine/core";

/** In pixels: more of it is scrolled to. */
const HIGHEST = 320;

/** What an engine or a log has said, below the sentence or the steps that it is about. */
export function Said({ text }: { readonly text: string }) {
  return (
    <Text
      component="p"
      size="xs"
      m={0}
      ff="monospace"
      maw="120ch"
      mah={HIGHEST}
      tabIndex={0}
      style={{ overflow: "auto", overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
    >
      {text}
    </Text>
  );
}
