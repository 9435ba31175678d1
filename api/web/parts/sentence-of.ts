import type { ListedDeployment } from "../api/deployments.ts";
import { plainText } from "./plain-text.ts";

interface Sentence {
  readonly kind: "Drift" | "Warning" | "Cause";
  readonly text: string;
}

/** What is not as it should be of a deployment, in Berth's own sentence; undefined if nothing is known to be. */
export function sentenceOf({
  drift,
  warning,
  status,
  operation,
}: Pick<ListedDeployment, "drift" | "warning" | "status" | "operation">): Sentence | undefined {
  if (drift) return { kind: "Drift", text: plainText(drift.seen.detail) };
  if (warning) return { kind: "Warning", text: plainText(warning.cause.message) };
  const cause = status === "failed" ? operation?.error?.message : undefined;
  return cause === undefined ? undefined : { kind: "Cause", text: plainText(cause) };
}
