// Lists by pages: newest first, by id, which is in the order of time.

export interface Page {
  readonly limit: number;
  /** The id of the last row already seen. */
  readonly cursor?: string | undefined;
}

/** `found` has one row more than the page if another page follows; its cursor is null otherwise. */
export function cutPage<Row extends { id: string }>(
  found: readonly Row[],
  { limit }: Page,
): { rows: Row[]; nextCursor: string | null } {
  const rows = found.slice(0, limit);
  return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}
