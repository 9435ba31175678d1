// The limits of ECS that a made-up one has to keep: it lists a hundred at once and describes a hundred at most.

const AT_ONCE = 100;

/** One page of what is listed, with the token of the next one, as `name`. */
export function ecsPage(
  name: "taskArns" | "taskDefinitionArns",
  arns: readonly (string | undefined)[],
  { nextToken, maxResults }: { readonly nextToken?: unknown; readonly maxResults?: unknown },
): object {
  const from = Number(nextToken ?? 0);
  const to = from + Math.min(Number(maxResults ?? AT_ONCE), AT_ONCE);
  return { [name]: arns.slice(from, to), ...(to < arns.length && { nextToken: String(to) }) };
}

/** @throws Error as ECS refuses a DescribeTasks of too many */
export function assertDescribable(tasks: readonly unknown[]): void {
  if (tasks.length < 1 || tasks.length > AT_ONCE)
    throw new Error(`Tasks cannot be empty, or more than ${AT_ONCE}: there are ${tasks.length}.`);
}
