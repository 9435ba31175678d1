// A container's output as the engine sends it: without a terminal it puts a header before each piece, which says which
// output it is of, and how long it is.

const HEADER_BYTES = 8;

export interface Frame {
  /** 1 of standard output, 2 of errors. */
  readonly output: number;
  readonly bytes: Buffer;
}

/** The whole frames at the beginning, and what comes after them. */
export function takeFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  while (rest.length >= HEADER_BYTES && rest.length >= HEADER_BYTES + rest.readUInt32BE(4)) {
    const end = HEADER_BYTES + rest.readUInt32BE(4);
    frames.push({ output: rest[0] ?? 0, bytes: rest.subarray(HEADER_BYTES, end) });
    rest = rest.subarray(end);
  }
  return { frames, rest };
}
