import { Text } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";
import { plainText } from "../../../parts/plain-text.ts";

interface Sentence {
  readonly kind: "Drift" | "Warning" | "Cause";
  readonly text: string;
}

/** What is not as it should be of a deployment, in Berth's own sentence; undefined if nothing is known to be. */
function sentenceOf({ drift, warning, status, operation }: FleetMember): Sentence | undefined {
  if (drift) return { kind: "Drift", text: drift.seen.detail };
  if (warning) return { kind: "Warning", text: warning.cause.message };
  const cause = status === "failed" ? operation?.error?.message : undefined;
  return cause === undefined ? undefined : { kind: "Cause", text: cause };
}

interface SentenceOfProps {
  readonly member: FleetMember;
  /** Not only its first lines. */
  readonly isWhole?: boolean;
}

export function SentenceOf({ member, isWhole = false }: SentenceOfProps) {
  const sentence = sentenceOf(member);
  if (!sentence) return null;
  return (
    <Text size="sm" {...(!isWhole && { lineClamp: 2 })} style={{ overflowWrap: "anywhere" }}>
      <Text span inherit fw={600}>
        {sentence.kind}:
      </Text>{" "}
      {plainText(sentence.text)}
    </Text>
  );
}
