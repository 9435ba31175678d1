// Texts that people copy from elsewhere. What stands around a value without a doubt is taken off, by one rule for every
// field; what stands within it is named by its code point and its place, never by the text itself, which may be a secret.
import { z } from "zod";

/** White space of every script, and what takes no room: as it stands around texts from chats, pages and files. */
const UNSEEN =
  "\\t\\n\\x0b\\x0c\\r \\u00a0\\u00ad\\u1680\\u180e\\u2000-\\u200f\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff";
/** They change the direction of the text that follows, so that it reads as something else. */
const DIRECTIONS = "\\u202a-\\u202e\\u2066-\\u2069";
/** Letters that are drawn as nothing. */
const BLANK_LETTERS = "\\u115f\\u1160\\u2800\\u3164\\uffa0";
const QUOTES = "\"'`\\u2018\\u2019\\u201c\\u201d";
/** As in a file of environment variables. */
const ASSIGNMENT = "(?:export )?[A-Z][A-Z0-9_]{0,50}(?:KEY|TOKEN)=";

const AROUND = `[${UNSEEN}${DIRECTIONS}]{0,20}`;
const BEFORE = `${AROUND}(?:${ASSIGNMENT})?[${QUOTES}]?${AROUND}`;
const AFTER = `${AROUND}[${QUOTES}]?${AROUND}`;
const LEADING = new RegExp(`^${BEFORE}`);
const SURROUNDINGS = new RegExp(`^${BEFORE}|${AFTER}$`, "g");

interface Pasted {
  /** A regular expression of the bare value, without groups and quotation marks. */
  readonly form: string;
  /** What every character of the value matches. */
  readonly characters: RegExp;
  /** For a sentence that begins with the field, e.g. "must be …". */
  readonly mistake: string;
}

/** A value without spaces. White space, quotation marks and `NAME=` around it are taken off. */
export function pasted({ form, characters, mistake }: Pasted) {
  const whole = new RegExp(`^${BEFORE}(${form})${AFTER}$`);
  return z
    .string()
    .regex(whole, { error: ({ input }) => explain(String(input), characters, mistake) })
    .transform((text) => whole.exec(text)?.[1] ?? text);
}

/** Takes off what {@link pasted} does, from a text whose form is checked elsewhere. */
export function bare(text: string): string {
  return text.replace(SURROUNDINGS, "");
}

const CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
const SEEN = `[^${CONTROLS}${UNSEEN}${DIRECTIONS}${BLANK_LETTERS}]`;
const ONE_LINE = new RegExp(
  `^[${UNSEEN}]{0,20}(${SEEN}(?:[^${CONTROLS}${DIRECTIONS}]*${SEEN})?)[${UNSEEN}${BLANK_LETTERS}]{0,20}$`,
);
const IN_A_LINE = new RegExp(`[^${CONTROLS}${DIRECTIONS}]`);
const INVISIBLE = /^[\p{C}\p{Z}\p{M}]*$/u;

/** One line of text that shows something: no control characters, none that turn the direction. Emoji are fine. */
export function oneLine(maxCharacters: number) {
  const mistake = "must be one line of text in which something is visible";
  return z
    .string()
    .regex(ONE_LINE, { abort: true, error: ({ input }) => explain(String(input), IN_A_LINE, mistake) })
    .refine((text) => text.isWellFormed(), "must not contain half a character")
    .refine((text) => !INVISIBLE.test(text), mistake)
    .refine((text) => [...text].length <= maxCharacters, {
      error: ({ input }) =>
        `must have at most ${maxCharacters} characters, counted as Unicode code points; it has ${[...String(input)].length}`,
    })
    .meta({ maxLength: maxCharacters })
    .transform((text) => ONE_LINE.exec(text)?.[1] ?? text);
}

function explain(text: string, characters: RegExp, mistake: string): string {
  const around = text.length - text.replace(LEADING, "").length;
  const end = bare(text).length + around;
  let place = 0;
  for (let index = 0; index < text.length; place++) {
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
    if (index >= around && index < end && !characters.test(character))
      return `${mistake}; ${named(character, place)}`;
    index += character.length;
  }
  return mistake;
}

function named(character: string, place: number): string {
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `its character ${place + 1} is U+${point}`;
}
