// The columns of a deployment that hold secrets: sealed, and opened only where one is needed.
import { Secret, type SecretBox } from "../secret.ts";
import type { Deployment } from "./deployments.ts";

export const SECRET_COLUMNS = [
  "telegram_bot_token",
  "model_api_key",
  "gateway_token",
  "model_token",
] as const;
export type SecretColumn = (typeof SECRET_COLUMNS)[number];
type Sealed = Pick<Deployment, "id" | SecretColumn>;

/** The secret of a column, or undefined if it is not set. @throws UnreadableSecret */
export function openColumn(box: SecretBox, deployment: Sealed, column: SecretColumn): Secret | undefined {
  const sealed = deployment[column];
  return sealed === null ? undefined : box.open(sealed, secretContext(deployment.id, column));
}

/** As openColumn, for who can do without one that can't be opened. */
export function readColumn(box: SecretBox, deployment: Sealed, column: SecretColumn): Secret | undefined {
  try {
    return openColumn(box, deployment, column);
  } catch {
    return undefined;
  }
}

/** What is set and can't be opened. */
export function unreadableColumns(box: SecretBox, deployment: Sealed): SecretColumn[] {
  return SECRET_COLUMNS.filter(
    (column) => deployment[column] !== null && readColumn(box, deployment, column) === undefined,
  );
}

export function sealColumn(box: SecretBox, id: string, column: SecretColumn, value: string): string {
  return box.seal(new Secret(value), secretContext(id, column));
}

/** What the text of a column is sealed for. */
export function secretContext(id: string, column: SecretColumn): string {
  return `${id}/${column}`;
}
