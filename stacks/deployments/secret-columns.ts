// The columns of a deployment that hold secrets: sealed, and opened only where one is needed.
import { Secret, type SecretBox } from "../secret.ts";
import type { Deployment } from "./deployments.ts";

export const SECRET_COLUMNS = ["telegram_bot_token", "model_api_key", "gateway_token"] as const;
export type SecretColumn = (typeof SECRET_COLUMNS)[number];
type Sealed = Pick<Deployment, "id" | SecretColumn>;

/** The secret of a column, or undefined if it is not set. */
export function openColumn(box: SecretBox, deployment: Sealed, column: SecretColumn): Secret | undefined {
  const sealed = deployment[column];
  return sealed === null ? undefined : box.open(sealed, `${deployment.id}/${column}`);
}

export function sealColumn(box: SecretBox, id: string, column: SecretColumn, value: string): string {
  return box.seal(new Secret(value), `${id}/${column}`);
}
