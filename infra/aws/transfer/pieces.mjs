// @ts-check
// Cutting a stream into pieces that S3 takes one by one. Berth does it, and so does the program inside the task.

/**
 * All pieces but the last have that size.
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} stream
 * @param {number} pieceBytes what is held in memory at once
 * @returns {AsyncGenerator<Buffer>}
 */
export async function* inPieces(stream, pieceBytes) {
  /** @type {Uint8Array[]} */
  let parts = [];
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
