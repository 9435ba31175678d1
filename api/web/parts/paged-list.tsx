import { Button, Group, Loader, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { RefusalAlert } from "./refusal-alert.tsx";

interface PagedListProps<Row> {
  /** An infinite query, each of whose pages has some of the rows. */
  readonly list: {
    readonly data?: { readonly pages: readonly { readonly data: readonly Row[] }[] } | undefined;
    readonly error: Error | null;
    readonly isPending: boolean;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  /** In place of rows where there are none. */
  readonly none: ReactNode;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** A list that comes by pages: while it loads, when it can't be had, with nothing in it, with more to come. */
export function PagedList<Row>({ list, none, children }: PagedListProps<Row>) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {rows.length > 0 && children(rows)}
      {data && rows.length === 0 && (
        <Text component="div" role="status">
          {none}
        </Text>
      )}
      {hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </>
  );
}
