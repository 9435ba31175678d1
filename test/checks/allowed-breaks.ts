// Breaks of the API since the last release that are meant. Each is answered for in the changelog, under "Before you
// upgrade". Empty again with each release.

export interface AllowedBreak {
  /** The sentence of `npm run check`. */
  readonly what: string;
  readonly reason: string;
}

export const ALLOWED_BREAKS: readonly AllowedBreak[] = [];
