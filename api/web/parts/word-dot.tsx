import { Badge } from "@mantine/core";

export interface WordDotProps {
  readonly word: string;
  readonly colour: string;
}

/** The state of something, as one dot and one word. */
export function WordDot({ word, colour, size = "md" }: WordDotProps & { readonly size?: "md" | "lg" }) {
  return (
    <Badge variant="dot" color={colour} tt="none" size={size} miw="max-content">
      {word}
    </Badge>
  );
}
