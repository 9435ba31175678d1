// What a stranger who writes to the bot reads. OpenClaw's own text names a command that only its operator could run, and
// has no setting for it: so the text is exchanged where it is sent. Whatever else is sent stays as it is.
import { createRequire } from "node:module";

const OPENCLAW_ROOT = "/app/package.json";
const MARK = Symbol.for("berth.pairingText");
const GREETING = "OpenClaw: access not configured.";
const COMMAND =
  /Ask the bot owner to approve with:\s*<pre><code>openclaw pairing approve telegram ([A-Z0-9]{8})\s*<\/code><\/pre>/;

/** @param {string} deploymentId names the call that lets the stranger in */
export function replacePairingText(deploymentId) {
  const api = telegramApi();
  if (!api || api[MARK]) return;
  const send = api.sendMessage;
  api[MARK] = true;
  api.sendMessage = function sendMessage(chat, text, ...rest) {
    return send.call(this, chat, pairingText(text, deploymentId), ...rest);
  };
}

/** The text with Berth's call in the place of OpenClaw's command; any other text as it is. */
export function pairingText(text, deploymentId) {
  if (typeof text !== "string" || !text.startsWith(GREETING)) return text;
  const call = `POST /api/v1/assistants/${deploymentId}/pairing/approve`;
  return text
    .replace(GREETING, "This assistant does not answer you yet.")
    .replace(
      COMMAND,
      (_, code) =>
        `Ask its owner to let you in with this call:\n\n<pre><code>${call}\n{"code": "${code}"}</code></pre>`,
    );
}

/** What every bot of grammY sends by; undefined where OpenClaw has none. */
function telegramApi() {
  try {
    return createRequire(OPENCLAW_ROOT)("grammy").Api.prototype;
  } catch {
    return undefined;
  }
}
