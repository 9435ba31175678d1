/** What is kept for as long as this tab is open. A browser may have storage switched off: then it is as if nothing had been kept. */
export const tabStorage = {
  get: (key: string): string | null => ifThere(() => sessionStorage.getItem(key)) ?? null,
  set: (key: string, value: string): void => ifThere(() => sessionStorage.setItem(key, value)),
  remove: (key: string): void => ifThere(() => sessionStorage.removeItem(key)),
  clear: (): void => ifThere(() => sessionStorage.clear()),
};

function ifThere<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
