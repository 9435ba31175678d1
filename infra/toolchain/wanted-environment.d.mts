export const OF_SETUP: readonly string[];
export function wantedOf(
  environment: Readonly<Record<string, string | undefined>>,
  prefixes: readonly string[],
): Record<string, string>;
