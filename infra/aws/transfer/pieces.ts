// Cutting a stream into pieces that S3 takes one by one.

/**
 * All pieces but the last have that size. Whole in itself: its text runs inside the task, too.
 * @param pieceBytes what is held in memory at once
 */
export async function* inPieces(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (length + rest.length >= pieceBytes) {
      const taken = pieceBytes - length;
      yield Buffer.concat([...parts, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      parts = [];
      length = 0;
    }
    parts.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(parts);
}
