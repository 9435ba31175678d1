// Text of a message as a user sees it. Telegram refuses what it can't parse, and a bot has to send it in another way.
import { badRequest } from "./error.ts";

const MOST_CHARACTERS = 4_096;
/** https://core.telegram.org/bots/api#html-style */
const TAGS = new Set(
  "b strong i em u ins s strike del span tg-spoiler a tg-emoji tg-time code pre blockquote".split(" "),
);
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** @throws TelegramError when the text can't be parsed, is empty or too long. */
export function visibleText(text: string, parseMode: string): string {
  const visible = (parseMode.toLowerCase() === "html" ? withoutTags(text) : text).trim();
  if (visible === "") throw badRequest("message text is empty");
  if (visible.length > MOST_CHARACTERS) throw badRequest("message is too long");
  return visible;
}

function withoutTags(html: string): string {
  const open: string[] = [];
  const visible = html.replaceAll(
    /<(\/?)([^\s>]*)[^>]*>?/g,
    (_tag, slash: string, written: string, at: number) => {
      const name = written.toLowerCase();
      if (!TAGS.has(name)) throw cantParse(`Unsupported start tag "${name}" at byte offset ${at}`);
      if (slash === "") open.push(name);
      else if (open.pop() !== name) throw cantParse(`Unmatched end tag at byte offset ${at}`);
      return "";
    },
  );
  const last = open.pop();
  if (last) throw cantParse(`Can't find end tag corresponding to start tag "${last}"`);
  return visible.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (written, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? written;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

function cantParse(why: string): Error {
  return badRequest(`can't parse entities: ${why}`);
}
