// Lists that the API gives by pages.

/** For infinite queries: each page names the cursor of the next. */
export const byPages = {
  initialPageParam: null as string | null,
  getNextPageParam: ({ nextCursor }: { readonly nextCursor: string | null }) => nextCursor,
};
