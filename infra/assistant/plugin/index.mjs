// The plugin that Berth loads into OpenClaw: `/berth/…` answers Berth's own calls, with the gateway's token alone. It uses
// OpenClaw's documented hooks and gateway methods, and no content of a message ever leaves it.
// Its imports are resolved by OpenClaw (release 2026.9.6).
import { DatabaseSync } from "node:sqlite";
import { dispatchGatewayMethod } from "openclaw/plugin-sdk/gateway-method-runtime";
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
import { watchConversation } from "./conversation.mjs";
import { replacePairingText } from "./pairing-text.mjs";

const CHANNEL = "telegram";
const ACCOUNT = "default";
const LONGEST_BODY = 1024;
/** OpenClaw's longest poll ends after 45 s, whether or not somebody has written. */
const SILENCE_MS = 60_000;
const STATE_DATABASE = `${process.env.OPENCLAW_STATE_DIR}/state/openclaw.sqlite`;

// biome-ignore lint/style/noDefaultExport: OpenClaw reads a plugin from its default export.
export default definePluginEntry({
  id: "berth",
  name: "Berth",
  description: "Tells the control plane whether the assistant answers.",
  register(api) {
    replacePairingText(api.pluginConfig.deploymentId);
    const conversation = watchConversation(api);
    const calls = {
      "GET /berth/status": async () => ({ ...conversation(), channel: await readChannel() }),
      "GET /berth/settings": readSettings,
      "GET /berth/pairings": listPairings,
      "POST /berth/pairings/approve": approvePairing,
      "POST /berth/channel/restart": restartChannel,
    };
    api.registerHttpRoute({
      path: "/berth",
      match: "prefix",
      auth: "gateway",
      // The methods below need more than the right to write.
      gatewayRuntimeScopeSurface: "trusted-operator",
      async handler(request, response) {
        const call = calls[`${request.method} ${request.url?.split("?")[0]}`];
        const { status, body } = call
          ? await call(request).then((found) => ({ status: 200, body: found }), failed)
          : { status: 404, body: { error: "There is no such call." } };
        response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
        response.end(JSON.stringify(body));
        return true;
      },
    });
  },
});

/** A refusal of OpenClaw's, in its own words. */
class Refused extends Error {}

function failed(error) {
  if (error instanceof Refused) return { status: 409, body: { error: error.message } };
  return { status: 500, body: { error: "OpenClaw did not carry that out." } };
}

async function callGateway(method, params = {}) {
  const answer = await dispatchGatewayMethod(method, params);
  if (!answer.ok) throw new Refused(answer.error?.message ?? `${method} was refused.`);
  return answer.payload;
}

/** What OpenClaw knows of its connection to Telegram. */
async function readChannel() {
  const { channelAccounts } = await callGateway("channels.status");
  const account = channelAccounts?.[CHANNEL]?.find(({ accountId }) => accountId === ACCOUNT) ?? {};
  // A poll that can't reach Telegram is begun again and again, and OpenClaw calls that connected.
  const isSilent = Date.now() - (account.lastTransportActivityAt ?? Date.now()) > SILENCE_MS;
  return {
    isConnected: account.connected === true && !isSilent,
    hasFailed: isSilent || Boolean(account.lastError) || account.reconnectAttempts > 0,
    // Telegram has refused the token: OpenClaw does not try again by itself.
    hasGivenUp: account.terminalDisconnect === true,
    // Telegram's 409: another program reads this bot's messages.
    isContested: account.connected !== true && /conflict/i.test(account.lastError ?? ""),
  };
}

/** Whether OpenClaw accepts the settings on the disk, as it last looked at them, what it objects to, and if they are in force. */
async function readSettings() {
  const { valid, issues, configRevisionHash, appliedConfigHash } = await callGateway("config.get");
  const problems = (issues ?? []).map(({ path, message }) => `${path}: ${message}`).slice(0, 5);
  const revision = configRevisionHash ?? null;
  return { isValid: valid === true, problems, revision, isInForce: appliedConfigHash === revision };
}

/** Who waits to be let in. The method leaves out the codes, which OpenClaw's documentation says to be in this table. */
async function listPairings() {
  const { requests } = await callGateway("channels.pairing.list", { channel: CHANNEL, accountId: ACCOUNT });
  const database = new DatabaseSync(STATE_DATABASE, { readOnly: true });
  try {
    const code = database.prepare(
      "select code from channel_pairing_requests where channel_key = ? and account_id = ? and request_id = ?",
    );
    return {
      pairings: requests.map(({ requestId, senderId, createdAt, metadata }) => ({
        requestId,
        code: code.get(CHANNEL, ACCOUNT, senderId)?.code,
        senderId,
        createdAt,
        metadata,
      })),
    };
  } finally {
    database.close();
  }
}

async function approvePairing(request) {
  const { requestId } = JSON.parse(await bodyOf(request));
  const { notification } = await callGateway("channels.pairing.approve", {
    channel: CHANNEL,
    accountId: ACCOUNT,
    requestId,
    notify: true,
    bootstrapCommandOwner: true,
  });
  return { isNotified: notification === "sent" };
}

async function restartChannel() {
  const { started } = await callGateway("channels.start", { channel: CHANNEL });
  return { isStarted: started === true };
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) {
    text += piece;
    if (text.length > LONGEST_BODY) throw new Refused("The body is too long.");
  }
  return text;
}
