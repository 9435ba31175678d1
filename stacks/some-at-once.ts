/** Does the same for each of many, `count` at a time; each such group is awaited. @returns the results in the same order */
export async function someAtOnce<Item, Result>(
  items: readonly Item[],
  count: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += count)
    results.push(...(await Promise.all(items.slice(at, at + count).map(act))));
  return results;
}
