// What an assistant or the engine wrote may hold an assistant's secrets: they are taken out before it is kept or shown.
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";
import { readColumn, SECRET_COLUMNS, type SecretColumn } from "./secret-columns.ts";

export type Redact = (text: string) => string;

export interface RedactionParts {
  readonly box: SecretBox;
  /** The operator's keys are known to the assistants that use them. */
  readonly settings: Pick<StackSettings, "modelKeys">;
}

/** Takes the deployment's secrets out of what others have written: as they are, and as they stand in a URL. */
export function redaction(
  { box, settings }: RedactionParts,
  deployment: Pick<Deployment, "id" | SecretColumn>,
): Redact {
  // One that can't be opened has not been given to anybody; what is to be said must be said without it.
  const own = SECRET_COLUMNS.map((column) => readColumn(box, deployment, column));
  const values = [...own, ...Object.values(settings.modelKeys)].flatMap((secret) => secret?.reveal() ?? []);
  const forms = values.flatMap((value) => [value, encodeURIComponent(value)]);
  // The longest first: one secret may be a part of another.
  const secrets = forms.toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[REDACTED]"), text);
}
