import { Text } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";
import { sentenceOf } from "../../../parts/sentence-of.ts";

interface SentenceOfProps {
  readonly member: FleetMember;
  /** Not only its first lines. */
  readonly isWhole?: boolean;
}

export function SentenceOf({ member, isWhole = false }: SentenceOfProps) {
  const sentence = sentenceOf(member);
  if (!sentence) return null;
  return (
    <Text {...(!isWhole && { lineClamp: 2 })} style={{ overflowWrap: "anywhere" }}>
      <Text span inherit fw={600}>
        {sentence.kind}:
      </Text>{" "}
      {sentence.text}
    </Text>
  );
}
