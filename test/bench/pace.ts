/** Between two calls, for all contenders: a customer's calls don't follow each other within a second. */
export const PAUSE_MS = 2_000;
