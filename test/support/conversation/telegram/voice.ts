// A voice message: a real Ogg Opus file of five silent seconds that says in a comment what was spoken, so that a fake of a
// transcriber can hear it.

/** Length of what oggOpus makes. */
export const VOICE_SECONDS = 5;
const SPOKEN = "SPOKEN=";
const FRAMES = 250;
const FRAME_SAMPLES = 960;
/** A frame of 20 ms of silence. */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const SERIAL = 0x62657274;

export function oggOpus(spoken: string): Buffer {
  const head = Buffer.concat([Buffer.from("OpusHead"), Buffer.from([1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0])]);
  const comment = sized(`${SPOKEN}${spoken}`);
  const tags = Buffer.concat([Buffer.from("OpusTags"), sized("fake"), littleEndian(1), comment]);
  return Buffer.concat([
    page(0, 2, 0, [head]),
    page(1, 0, 0, [tags]),
    page(
      2,
      4,
      FRAMES * FRAME_SAMPLES,
      Array.from({ length: FRAMES }, () => SILENCE),
    ),
  ]);
}

/** What was spoken in a file of oggOpus, whole or inside a larger body. */
export function spokenIn(bytes: Buffer): string | undefined {
  const at = bytes.indexOf(SPOKEN);
  return at < 4 ? undefined : bytes.toString("utf8", at + SPOKEN.length, at + bytes.readUInt32LE(at - 4));
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([littleEndian(bytes.length), bytes]);
}

function littleEndian(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

/** RFC 3533, section 6; `flags`: 2 for the first page, 4 for the last. */
function page(sequence: number, flags: number, granule: number, packets: readonly Buffer[]): Buffer {
  const lacing = packets.flatMap(({ length }) => [
    ...Array(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const head = Buffer.alloc(27);
  head.write("OggS");
  head[5] = flags;
  head.writeBigUInt64LE(BigInt(granule), 6);
  head.writeUInt32LE(SERIAL, 14);
  head.writeUInt32LE(sequence, 18);
  head[26] = lacing.length;
  const whole = Buffer.concat([head, Buffer.from(lacing), ...packets]);
  whole.writeUInt32LE(checksum(whole), 22);
  return whole;
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}
