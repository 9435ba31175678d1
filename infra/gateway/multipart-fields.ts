// The short fields of a multipart body, such as the model. A body that is not plainly written is refused: a provider might
// read another model in it.

/** In bytes; a longer value is a file's, or nothing that is read. */
const LONGEST = 1_024;
const LONGEST_HEAD = 4 * 1_024;
const BOUNDARY =
  /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([\w'()+,./:=?-]{1,70}))\s*(?:;|$)/i;
const NAME = /^content-disposition:\s*form-data\s*;(?:.*;)?\s*name="([^"\\\r\n]*)"/im;

/**
 * Names and values in their order; a file's value is left out.
 * @throws Error when it is not plainly multipart
 */
export function multipartFields(contentType: string, body: Buffer): (readonly [string, string])[] {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (!boundary) throw new Error("The body has no boundary.");
  const parts = cut(body, `--${boundary}`);
  return parts.flatMap((part) => {
    const end = part.indexOf("\r\n\r\n");
    if (end === -1 || end > LONGEST_HEAD) throw new Error("A part has no head.");
    const head = part.subarray(0, end).toString("latin1");
    const [, name] = NAME.exec(head) ?? [];
    if (name === undefined) throw new Error("A part has no name.");
    const value = part.subarray(end + 4);
    return value.length > LONGEST || /filename/i.test(head) ? [] : [[name, value.toString("utf8")] as const];
  });
}

function cut(body: Buffer, delimiter: string): Buffer[] {
  const parts: Buffer[] = [];
  let from = body.indexOf(delimiter);
  if (from !== 0) throw new Error("The body doesn't begin with its boundary.");
  for (;;) {
    from += delimiter.length;
    if (body.subarray(from, from + 2).toString() === "--") return parts;
    const next = body.indexOf(`\r\n${delimiter}`, from);
    if (next === -1) throw new Error("The body doesn't end with its boundary.");
    parts.push(body.subarray(from + 2, next));
    from = next + 2;
  }
}
