// What the fakes say: what they heard last, and every turn that they were shown, so that a test can tell what an assistant
// remembers. "RUN: <command>" makes them call the tool `exec`, and then say what it gave.
import { spokenIn } from "../telegram/voice.ts";
import type { Reply, Turn } from "./turn.ts";

/** More than two of Telegram's messages. */
const LONG_CHARACTERS = 10_500;
/** Of each turn. */
export const SHOWN_CHARACTERS = 80;
/**
 * What OpenClaw writes around a person's words: a headline with a mark, then JSON; where it has put a file; and, for a server
 * that it doesn't know, the line of its prompt that changes.
 */
const CONTEXT =
  /^[^\n]*⟦openclaw:ctx⟧\s*\n```json\n[\s\S]*?\n```\s*|^\[media attached: [^\n]*\]\n?|^Runtime: agent=[^\n]*$/gm;
const OF_OPENCLAW = "<<<BEGIN_OPENCLAW";
/** In what OpenClaw asks by itself, every half hour. */
const HEARTBEAT = "If nothing needs attention, reply NO_REPLY.";

/** What people have said of what came: nothing that OpenClaw itself has written. */
export function peopleIn(said: readonly string[]): string[] {
  return said
    .filter((text) => !text.startsWith(OF_OPENCLAW))
    .map((text) => text.replaceAll(CONTEXT, "").trim())
    .filter((text) => text !== "");
}

/** Whether nobody has asked but OpenClaw itself. */
export function isHeartbeat({ said }: Turn): boolean {
  return peopleIn(said).at(-1)?.includes(HEARTBEAT) ?? false;
}

export function replyTo(turn: Turn): Reply {
  const { toolResult, tools, recordings } = turn;
  const turns = peopleIn(turn.said);
  const last = turns.at(-1) ?? "";
  const spoken = recordings.map((bytes) => spokenIn(bytes) ?? "");
  if (isHeartbeat(turn)) return { text: "NO_REPLY" };
  if (toolResult !== undefined) return { text: `The command gave: ${toolResult}` };
  if (spoken.length > 0 && /transcri/i.test(last)) return { text: spoken.join(" ") };
  const command = /RUN: (.*)/s.exec(last)?.[1]?.trim();
  const exec = tools.find(({ name }) => name === "exec");
  if (command && exec) return { tool: "exec", input: execInput(command, exec.takes) };
  return {
    text: [words(turn.model, turns), ...seen(turn), ...spoken.map((text) => `It says «${text}».`)].join(" "),
  };
}

/** The same at length, and where it ends. */
export function longReplyTo(turn: Turn): Reply {
  const reply = replyTo(turn);
  if (!("text" in reply)) return reply;
  const lines: string[] = [reply.text];
  for (let length = reply.text.length; length < LONG_CHARACTERS; length += lines.at(-1)?.length ?? 0)
    lines.push(`This is line ${lines.length} of a long answer, which goes on for a while.`);
  return { text: [...lines, "Here the long answer ends."].join("\n") };
}

/** Calls a tool without what it needs; says something where it has none. */
export function runawayReplyTo(turn: Turn): Reply {
  const tool = turn.tools.find(({ name }) => name === "exec") ?? turn.tools[0];
  return tool ? { tool: tool.name, input: { wrongly: true } } : replyTo(turn);
}

function words(model: string, turns: readonly string[]): string {
  const shown = turns.map((text) => text.slice(0, SHOWN_CHARACTERS)).join(" / ");
  const count = turns.length === 1 ? "1 turn" : `${turns.length} turns`;
  return `I am the fake ${model}. You said «${turns.at(-1) ?? ""}». I was shown ${count}: ${shown}.`;
}

function seen({ pictures }: Turn): string[] {
  return pictures > 0 ? [`I see ${pictures} picture${pictures > 1 ? "s" : ""}.`] : [];
}

/** In OpenClaw's code mode the tool takes JavaScript, in which the shell is a function of that name. */
function execInput(command: string, takes: readonly string[]): Record<string, unknown> {
  return takes.includes("code") ? { code: `return await exec(${JSON.stringify({ command })})` } : { command };
}
