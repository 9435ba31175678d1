import { Badge } from "@mantine/core";

export interface WordDotProps {
  readonly word: string;
  readonly colour: string;
}

/** The state of something, as one dot and one word. The dot is as bright as text of its colour, in both themes. */
export function WordDot({ word, colour }: WordDotProps) {
  return (
    <Badge variant="dot" color={`var(--mantine-color-${colour}-text)`} tt="none" size="lg" miw="max-content">
      {word}
    </Badge>
  );
}
