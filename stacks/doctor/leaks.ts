// Whether a text holds a secret: as it is, or as it stands in a URL.
import type { KnownSecret } from "./picture.ts";

/** Names of the secrets that the text holds. */
export function leaksIn(text: string, secrets: readonly KnownSecret[]): string[] {
  const isIn = (value: string) => text.includes(value) || text.includes(encodeURIComponent(value));
  return secrets.filter(({ value }) => isIn(value.reveal())).map(({ name }) => name);
}
