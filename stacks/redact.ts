// What an assistant or the engine wrote may hold an assistant's secrets: they are taken out before it is kept or shown.
import { type Deployment, openColumn, SECRET_COLUMNS } from "./deployments.ts";
import type { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";

/** Takes the deployment's secrets, as they are or as they stand in a URL, out of any value that JSON can carry. */
export function redactor(
  { box, settings }: { readonly box: SecretBox; readonly settings: Pick<StackSettings, "modelKeys"> },
  deployment: Deployment,
): <T>(told: T) => T {
  const own = SECRET_COLUMNS.map((column) => openColumn(box, deployment, column));
  const values = [...own, ...Object.values(settings.modelKeys)].flatMap((secret) => secret?.reveal() ?? []);
  const secrets = values.flatMap((value) => [value, encodeURIComponent(value)]);
  return <T>(told: T): T => {
    const text = JSON.stringify(told);
    return JSON.parse(secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[REDACTED]"), text));
  };
}
