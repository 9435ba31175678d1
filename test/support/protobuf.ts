// Reads protobuf's wire format, by field numbers alone: independent of the code that writes it.

export interface Message {
  has(field: number): boolean;
  /** Of a repeated field: every one, in order. */
  messages(field: number): Message[];
  /** Empty if it is not set. */
  bytes(field: number): Buffer;
  /** A varint, or a fixed number; 0 if it is not set. */
  number(field: number): bigint;
}

type Field = { readonly number: number; readonly value: bigint | Buffer };

/** @throws Error if it is no message */
export function fieldsOf(bytes: Buffer): Message {
  const fields = readFields(bytes);
  const of = (number: number) => fields.filter((field) => field.number === number).map(({ value }) => value);
  const buffers = (number: number) => of(number).filter((value) => Buffer.isBuffer(value));
  return {
    has: (field) => of(field).length > 0,
    messages: (field) => buffers(field).map(fieldsOf),
    bytes: (field) => buffers(field).at(-1) ?? Buffer.alloc(0),
    number: (field) => of(field).findLast((value) => typeof value === "bigint") ?? 0n,
  };
}

function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const take = (length: number): Buffer => {
    const taken = bytes.subarray(at, at + length);
    if (taken.length < length) throw new Error("The message is cut off.");
    at += length;
    return taken;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = take(1).readUInt8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const read: Record<number, () => bigint | Buffer> = {
    0: varint,
    1: () => take(8).readBigUInt64LE(),
    2: () => take(Number(varint())),
    5: () => BigInt(take(4).readUInt32LE()),
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const value = read[tag & 7];
    if (!value) throw new Error(`There is no wire type ${tag & 7}.`);
    fields.push({ number: tag >> 3, value: value() });
  }
  return fields;
}
