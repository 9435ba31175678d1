// The blocks of commands of a page, as its reader would copy them.
import { readFileSync } from "node:fs";

const ROOT = new URL("../..", import.meta.url);

/** A block of sh, and the line that follows it. */
export interface Block {
  readonly text: string;
  /** Whole, with their continued lines and quoted bodies; no comments, no `export`. */
  readonly commands: readonly string[];
  readonly after: string;
}

/** @param path from the root of the project */
function readBlocks(path: string): Block[] {
  return blocksOf(readFileSync(new URL(path, ROOT), "utf8"));
}

export function blocksOf(page: string): Block[] {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n+(.*)/gm)];
  return blocks.map(([, text = "", after = ""]) => ({ text, commands: commandsOf(text), after }));
}

/** The one block of a page that has this text. @throws Error if there is none, or another one */
export function readBlock(path: string, part: string): Block {
  const [found, ...others] = readBlocks(path).filter(({ text }) => text.includes(part));
  if (!found || others.length > 0) throw new Error(`${path} has not one block with ${part}.`);
  return found;
}

function commandsOf(block: string): string[] {
  const found: string[] = [];
  let isOpen = false;
  for (const line of block.split("\n")) {
    if (!isOpen && (line === "" || /^(#|export )/.test(line))) continue;
    const command: string = isOpen ? `${found.pop()}\n${line}` : line;
    found.push(command);
    isOpen = line.endsWith("\\") || command.split("'").length % 2 === 0;
  }
  return found;
}
