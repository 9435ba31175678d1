// What the program that measures prints of an assistant's data, as numbers: that it is just that is not taken on trust.
import type { Disk, Measurement } from "../found.ts";

/** A file system has room for so many files, too: empty ones are not for nothing. */
const KIB_OF_A_NAME = 4;
/** The heading of `df` and its line: size and free. The names in them are not looked at. */
const DISK = /^[^\n]*\n[^\n]+? +(\d{1,12}) +\d{1,12} +(-?\d{1,12}) +[^\n]+\n/;
/** A line of `du`, how it has ended, how `find` has, one of `wc`. */
const USED = /^(?:(\d{1,12})\t[^\n]*\n)?(\d{1,3})\n(\d{1,3})\n *(\d{1,12})\n$/;
/** As a shell says it. */
const NOT_THERE = /^(126|127)$/m;
const KILLED_FROM = 128;

/** Thrown where the programs that measure have taken all the memory or the time that they may have, or were ended. */
export class TooMuchToMeasure extends Error {
  readonly disk: Disk;

  constructor(disk: Disk) {
    super(
      "The data could not be measured: it has too many files for the memory and the time of what measures.",
    );
    this.disk = disk;
  }
}

/** @throws Error unless it is the heading of `df` and its line */
export function parseDisk(text: string): Disk {
  const found = DISK.exec(text);
  if (!found)
    throw new Error(`The disk could not be measured: df of the image said ${JSON.stringify(text)}.`);
  const [size = 0, free = 0] = found.slice(1).map(Number);
  // What is kept for root alone may be in use, too: then less than nothing is left.
  return { freeBytes: Math.max(0, free) * 1024, diskBytes: size * 1024 };
}

/**
 * @throws TooMuchToMeasure when the disk was said, and the rest not to the end
 * @throws Error unless the text is just what is to be printed
 */
export function parseMeasurement(text: string): Measurement {
  const found = DISK.exec(text);
  const rest = text.slice(found?.[0].length ?? 0);
  const used = USED.exec(rest);
  if (!found || NOT_THERE.test(rest) || (!used && !isBeginning(rest)))
    throw new Error(
      `The data could not be measured: df, du and find of the image said ${JSON.stringify(text)}.`,
    );
  const disk = parseDisk(text);
  const [kib, duEnded, findEnded, names] = used?.slice(1).map(Number) ?? [];
  if (!used?.[1] || kib === undefined || !isWhole(duEnded) || !isWhole(findEnded))
    throw new TooMuchToMeasure(disk);
  return { usedBytes: Math.max(kib, (names ?? 0) * KIB_OF_A_NAME) * 1024, ...disk };
}

/** One that a file has gone from under says so, and counts the rest all the same. */
function isWhole(ended: number | undefined): boolean {
  return ended !== undefined && ended < KILLED_FROM;
}

/** Cut off after whole lines. */
function isBeginning(rest: string): boolean {
  return /^(?:(\d{1,12})\t[^\n]*\n)?(?:\d{1,3}\n){0,2}$/.test(rest);
}
