import { Badge } from "@mantine/core";

export interface WordDotProps {
  readonly word: string;
  readonly colour: string;
}

/** The state of something, as one dot and one word. The dot is as bright as text of its colour, in both themes. */
export function WordDot({ word, colour, size = "md" }: WordDotProps & { readonly size?: "md" | "lg" }) {
  return (
    <Badge
      variant="dot"
      color={`var(--mantine-color-${colour}-text)`}
      tt="none"
      size={size}
      miw="max-content"
    >
      {word}
    </Badge>
  );
}
