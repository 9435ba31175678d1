/**
 * Waits until the lock file at `path` is this process's own; an abandoned one is taken over. Resolves to its release.
 * `onWait` is told the process id of the owner while it waits.
 */
export function lock(path: string, onWait?: (owner: number) => void): Promise<() => Promise<void>>;
