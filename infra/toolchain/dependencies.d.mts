/**
 * Installs the dependencies that are missing in this clone: those of every server and, beside them, those of `kinds`.
 * A kind that is there stays. @throws Error that says what to do
 */
export function installDependencies(kinds?: readonly ("dev" | "optional")[]): Promise<void>;
