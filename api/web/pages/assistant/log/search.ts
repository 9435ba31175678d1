// Finding and marking a text in a log. Upper and lower case are the same, and no character has a special meaning.
import type { Line } from "./line-store.ts";

export interface Part {
  readonly text: string;
  readonly isMatch: boolean;
}

/** The pieces of a line, matches apart. */
export function marked(text: string, wanted: string): Part[] {
  const sought = wanted.toLowerCase();
  const lower = text.toLowerCase();
  // Of a few letters the lower case is longer: there the places would not be the same.
  if (!sought || lower.length !== text.length) return [{ text, isMatch: false }];
  const parts: Part[] = [];
  let from = 0;
  for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isMatch: false });
    from = at + sought.length;
    parts.push({ text: text.slice(at, from), isMatch: true });
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), isMatch: false });
  return parts;
}

export interface Shown {
  /** First line that the pause holds back. */
  readonly before: number | null;
  /** ISO 8601; null for no bound. */
  readonly from: string | null;
  readonly to: string | null;
  readonly search: string;
  readonly onlyMatches: boolean;
}

/** The lines that are shown, and which of them match. */
export function shownOf(lines: readonly Line[], { before, from, to, search, onlyMatches }: Shown) {
  const sought = search.toLowerCase();
  const rows: Line[] = [];
  const matches: number[] = [];
  for (const line of lines) {
    if (before !== null && line.number >= before) break;
    if (line.at !== null && ((from !== null && line.at < from) || (to !== null && line.at > to))) continue;
    const isMatch = sought !== "" && line.text.toLowerCase().includes(sought);
    if (onlyMatches && sought !== "" && !isMatch) continue;
    if (isMatch) matches.push(rows.length);
    rows.push(line);
  }
  return { rows, matches };
}
