/** Whether a Node of that version (`24.5.0`) runs Berth. */
export function runsBerth(version: string): boolean;

/** Path of the Node that runs Berth: this process's, or the fetched one. @throws Error that says what to do */
export function findNode(): Promise<string>;

/**
 * Path of Node 24 from npm, for what needs that very one, or a program that runs on any Linux. Installs it if it is
 * missing. @throws Error that says what to do
 */
export function fetchNode(): Promise<string>;

/** PATH on which `node` is that program. Its folder precedes the others only if another `node` would be found. */
export function withNode(node: string, path: string): string;
