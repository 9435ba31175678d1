// The user that an assistant runs as. On its host nobody else is it: no limit of the kernel is shared with other assistants,
// and no login user may look into its processes. Derived from its port, of which a host has one each. Pure.

/** Above what systemd, FreeIPA and subordinate ids are given by default, and below the 2^31 that Docker takes. */
const FIRST = 2_100_000_000;
const STEP = 100_000;
const END = 2_147_300_000;

export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** The first id for the port that is nobody's. */
export function freeUid(hostPort: number, taken: readonly IdRange[]): number {
  const isTaken = (uid: number) => taken.some(({ first, count }) => uid >= first && uid < first + count);
  for (let uid = FIRST + hostPort; uid < END; uid += STEP) if (!isTaken(uid)) return uid;
  return FIRST + hostPort;
}

/** Whether the assistant of a port may have that id, on an engine that maps users or on another. */
export function isUidOf(hostPort: number, uid: number): boolean {
  return uid === hostPort || (uid >= FIRST && uid < END && uid % STEP === hostPort);
}

/** User and group, as the engine is given them. */
export function userText(uid: number): string {
  return `${uid}:${uid}`;
}

/** Of what the engine has; undefined if that is none of Berth's. */
export function uidIn(user: string): number | undefined {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(user) ?? [];
  return uid !== undefined && uid === gid ? Number(uid) : undefined;
}

/** Of the texts of /etc/passwd and /etc/group, and of /etc/subuid and /etc/subgid. */
export function idsIn(accounts: string, subordinates: string): IdRange[] {
  const single = [...accounts.matchAll(/^[^:\n]*:[^:\n]*:(\d+):/gm)];
  const ranges = [...subordinates.matchAll(/^[^:\n]*:(\d+):(\d+)$/gm)];
  return [
    ...single.map(([, id]) => ({ first: Number(id), count: 1 })),
    ...ranges.map(([, first, count]) => ({ first: Number(first), count: Number(count) })),
  ];
}
