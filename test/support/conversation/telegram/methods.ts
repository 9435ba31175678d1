// Methods of the Bot API and what they give (https://core.telegram.org/bots/api). Names are without regard to case, as
// Telegram takes them; what is not here is a method that there is not.
import type { Bot, BotMessage } from "./bot.ts";
import { badRequest, NOT_FOUND } from "./error.ts";
import { visibleText } from "./text.ts";

export type Fields = Readonly<Record<string, unknown>>;
/** Tells what a user sees from now on. */
export type Show = (message: BotMessage) => void;
type Method = (bot: Bot, fields: Fields, show: Show) => unknown;

/** @throws TelegramError as Telegram refuses it */
export function callMethod(name: string, bot: Bot, fields: Fields, show: Show): unknown {
  const method = BY_NAME.get(name.toLowerCase());
  if (!method) throw NOT_FOUND;
  return method(bot, fields, show);
}

const isTrue: Method = () => true;
const ofChat: Method = (bot, { chat_id }) => {
  bot.chat(chat_id);
  return true;
};

const METHODS: Readonly<Record<string, Method>> = {
  getMe: (bot) => ({
    ...bot.user,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
  }),
  deleteWebhook(bot) {
    bot.webhookUrl = "";
    return true;
  },
  setWebhook(bot, { url }) {
    bot.webhookUrl = `${url ?? ""}`;
    return true;
  },
  getWebhookInfo: (bot) => ({
    url: bot.webhookUrl,
    has_custom_certificate: false,
    pending_update_count: bot.pendingUpdates,
  }),
  setMyCommands(bot, fields) {
    bot.commands.set(scopeOf(fields), parsed(fields.commands));
    return true;
  },
  deleteMyCommands(bot, fields) {
    bot.commands.delete(scopeOf(fields));
    return true;
  },
  getMyCommands: (bot, fields) => bot.commands.get(scopeOf(fields)) ?? [],
  getChatMenuButton: () => ({ type: "commands" }),
  setChatMenuButton: isTrue,
  setMyName: isTrue,
  setMyDescription: isTrue,
  setMyShortDescription: isTrue,
  answerCallbackQuery: isTrue,
  getChat: (bot, { chat_id }) => ({ ...bot.chat(chat_id), accent_color_id: 0, max_reaction_count: 11 }),
  getUserProfilePhotos: () => ({ total_count: 0, photos: [] }),
  sendChatAction: ofChat,
  setMessageReaction: ofChat,
  pinChatMessage: ofChat,
  unpinChatMessage: ofChat,
  getFile(bot, { file_id }) {
    const path = `${file_id}`;
    const bytes = bot.files.get(path);
    if (!bytes) throw badRequest("invalid file_id");
    return {
      file_id: path,
      file_unique_id: path.replaceAll(/\W/g, ""),
      file_size: bytes.length,
      file_path: path,
    };
  },
  sendMessage: (bot, fields, show) => send("sendMessage", textOf(fields), bot, fields, show),
  editMessageText: edit,
  editMessageCaption: edit,
  editMessageReplyMarkup(bot, fields) {
    return asMessage(bot, own(bot, fields));
  },
  deleteMessage(bot, fields, show) {
    const message = { ...own(bot, fields), isDeleted: true };
    bot.messages.set(message.messageId, message);
    show(message);
    return true;
  },
  ...Object.fromEntries(
    ["sendPhoto", "sendVoice", "sendAudio", "sendDocument", "sendVideo", "sendAnimation", "sendSticker"].map(
      (name) => [
        name,
        (bot: Bot, fields: Fields, show: Show) => send(name, captionOf(fields), bot, fields, show),
      ],
    ),
  ),
};

const BY_NAME = new Map(Object.entries(METHODS).map(([name, method]) => [name.toLowerCase(), method]));

function send(method: string, text: string, bot: Bot, fields: Fields, show: Show): unknown {
  const chat = Number(bot.chat(fields.chat_id).id);
  const message: BotMessage = {
    botId: bot.id,
    chat,
    messageId: bot.messageId(),
    method,
    text,
    sentAt: Date.now(),
    edits: 0,
    isDeleted: false,
  };
  bot.messages.set(message.messageId, message);
  show(message);
  return asMessage(bot, message);
}

function edit(bot: Bot, fields: Fields, show: Show): unknown {
  const before = own(bot, fields);
  const text = before.method === "sendMessage" ? textOf(fields) : captionOf(fields);
  if (text === before.text && !("reply_markup" in fields))
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  const message = { ...before, text, edits: before.edits + 1 };
  bot.messages.set(message.messageId, message);
  show(message);
  return { ...asMessage(bot, message), edit_date: Math.floor(Date.now() / 1000) };
}

/** The message of the bot's own that is meant. */
function own(bot: Bot, { chat_id, message_id }: Fields): BotMessage {
  const message = bot.messages.get(Number(message_id));
  if (!message || message.isDeleted || message.chat !== Number(bot.chat(chat_id).id))
    throw badRequest("message to edit not found");
  return message;
}

function asMessage(bot: Bot, { chat, messageId, method, text, sentAt }: BotMessage): Record<string, unknown> {
  return {
    message_id: messageId,
    from: bot.user,
    chat: bot.chat(chat),
    date: Math.floor(sentAt / 1000),
    ...(method === "sendMessage" ? { text } : { caption: text, ...mediaOf(method, messageId) }),
  };
}

function mediaOf(method: string, messageId: number): Record<string, unknown> {
  const kind = method.slice("send".length).toLowerCase();
  const file = { file_id: `sent/${messageId}`, file_unique_id: `sent${messageId}` };
  return { [kind]: kind === "photo" ? [{ ...file, width: 1, height: 1 }] : file };
}

function textOf({ text, parse_mode }: Fields): string {
  return visibleText(`${text ?? ""}`, `${parse_mode ?? ""}`);
}

function captionOf({ caption, parse_mode }: Fields): string {
  return caption ? visibleText(`${caption}`, `${parse_mode ?? ""}`) : "";
}

function scopeOf({ scope, language_code }: Fields): string {
  return JSON.stringify([parsed(scope) ?? { type: "default" }, language_code ?? ""]);
}

/** In a form or in multipart, an object is text of JSON. */
function parsed(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}
