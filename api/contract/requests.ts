// The one source of what clients may send: validation and types come from these shapes.
import { z } from "zod";
import { parseImageReference } from "../../infra/assistant/image-reference.ts";
import { MODEL_PROVIDERS, PAIRING_CODE, TELEGRAM_ID } from "../../infra/assistant/openclaw.ts";
import { SCOPES } from "../../stacks/database/schema.ts";
import { ModelLimits } from "./model-limits.ts";
import { bare, oneLine, pasted } from "./pasted.ts";

const name = oneLine(100);
const modelProvider = z.enum(MODEL_PROVIDERS);
/** Printable ASCII but for white space, quotation marks, backslash and slash. */
const MODEL_PART = "[\\x21\\x23-\\x26\\x28-\\x2e\\x30-\\x5b\\x5d-\\x5f\\x61-\\x7e]{1,100}";
const modelId = pasted({
  form: `${MODEL_PART}(?:/${MODEL_PART}){0,3}`,
  characters: /[\x21-\x7e]/,
  mistake:
    "must be the id of a model: 1 to 4 parts of 1 to 100 printable characters, with a slash between them",
});
const fallbackModels = z
  .array(modelId)
  .max(5)
  .describe("Models of the same provider, which answer in this order where modelId does not; [] for none.");
const telegramBotToken = pasted({
  form: "[1-9][0-9]{4,15}:[A-Za-z0-9_-]{30,64}",
  characters: /[A-Za-z0-9_:-]/,
  mistake: "must be a Telegram bot token, e.g. 123456789:AA…",
});
const modelApiKey = pasted({
  form: "[\\x21\\x23-\\x26\\x28-\\x5b\\x5d-\\x5f\\x61-\\x7e]{8,500}",
  characters: /[\x21\x23-\x26\x28-\x5b\x5d-\x5f\x61-\x7e]/,
  mistake: "must be 8 to 500 printable characters without spaces, quotation marks or backslashes",
});
/** Numeric ids of Telegram users, as text or as numbers. */
const allowFrom = z
  .array(
    z
      .union([z.string(), z.int()])
      .transform((id) => bare(String(id)))
      .pipe(z.string().regex(TELEGRAM_ID, "must be the numeric id of a Telegram user, e.g. 123456789")),
  )
  .max(50)
  .transform((ids) => [...new Set(ids)]);
/** What stands in front of `/chat/completions`. Which hosts it may name is checked elsewhere. */
export const baseUrl = z
  .string()
  .max(2048)
  .transform((text) => bare(text).replace(/\/+$/, ""))
  .refine(
    (url) => !/\/(chat\/completions|completions|responses|models)$/.test(url),
    "must be what stands in front of /chat/completions, e.g. https://api.groq.com/openai/v1",
  )
  .describe("Of an openai-compatible server: what stands in front of /chat/completions. Public https.");
const callbackUrl = z.string().max(2048).transform(bare);

export const PurchaseBody = z.strictObject({
  apiMode: z.enum(["byok", "managed", "unlimited"]),
  region: z
    .string()
    .max(50)
    .optional()
    .describe("Of AWS, where the installation has several; the first one if it is left out."),
});

export const ActivateBody = z.strictObject({
  name,
  modelProvider,
  modelId,
  baseUrl: baseUrl.optional(),
  fallbackModels: fallbackModels.optional(),
  telegramBotToken,
  modelApiKey: modelApiKey.optional(),
  allowFrom: allowFrom.optional(),
  callbackUrl: callbackUrl.optional(),
});

export const PatchBody = z
  .strictObject({
    name: name.optional(),
    modelProvider: modelProvider.optional(),
    modelId: modelId.optional(),
    baseUrl: baseUrl.optional(),
    fallbackModels: fallbackModels.optional(),
    telegramBotToken: telegramBotToken.optional(),
    modelApiKey: modelApiKey.optional(),
    allowFrom: allowFrom.optional(),
    callbackUrl: callbackUrl.nullable().optional(),
    limits: ModelLimits.nullable()
      .optional()
      .describe("The customer's own; null removes them. Taken in every state, at once."),
  })
  .refine((body) => Object.keys(body).length > 0, "must name at least one field to change")
  .meta({ minProperties: 1 });

export const imageReference = z
  .string()
  .max(512)
  .transform(bare)
  .refine(
    (text) => parseImageReference(text) !== undefined,
    "must be an image reference, e.g. ghcr.io/openclaw/openclaw:2026.9.6",
  );

/** No body at all, or `{}`, keeps to what was asked for before. */
export const RedeployBody = z
  .strictObject({
    image: imageReference
      .nullable()
      .optional()
      .describe("An image of the assistant's own; null returns to the installation's."),
    beginEmpty: z
      .boolean()
      .optional()
      .describe(
        "Whether it begins with no data if its data is gone (DATA_GONE). Data that is there is kept.",
      ),
  })
  .optional();

export const ApprovePairingBody = z.strictObject({
  code: z
    .string()
    .transform(bare)
    .pipe(z.string().regex(PAIRING_CODE, "must be the code that the bot has sent, e.g. ABCD2345")),
});

export const RestoreBody = z.strictObject({ backupId: z.uuid() });

/** Calls that take no settings: no body at all, or `{}`. */
export const EmptyBody = z.strictObject({}).optional();

export const DeploymentId = z.uuid();

const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuid().optional(),
};

export const ListQuery = z.strictObject(page);

const moment = z.iso
  .datetime({ offset: true, error: "must be a time as of ISO 8601, e.g. 2026-01-02T03:04:05Z" })
  .transform((text) => new Date(text));

export const LogsQuery = z.strictObject({
  /** Lines of what was written before. */
  tail: z.coerce.number().int().min(0).max(5_000).default(100),
  since: moment.optional(),
  follow: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .default(false),
});

const DAY_SECONDS = 86_400;
export const accountName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, "must be 1 to 100 letters, digits, dots, @, _ or -");

export const CreateKeyBody = z.strictObject({
  account: accountName.optional(),
  name: name.prefault("key"),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .refine((scopes) => new Set(scopes).size === scopes.length, "must not name a scope twice")
    .default([...SCOPES]),
  expiresInSeconds: z
    .int()
    .min(1)
    .max(3_650 * DAY_SECONDS)
    .optional(),
});

export const RotateKeyBody = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(30 * DAY_SECONDS)
      .default(DAY_SECONDS),
  })
  .prefault({});

/** The public part of a key, by which the next page goes on. */
export const KeyId = z.string().regex(/^[0-9a-f]{16}$/, "must be the id of a key");

/** As many as an account may have that work come on one page. */
export const KeysQuery = z.strictObject({
  limit: page.limit.default(100),
  cursor: KeyId.optional(),
  account: accountName.optional(),
});

/** One of the two. */
export const SignInBody = z
  .strictObject({
    apiKey: z.string().trim().max(1_000).optional(),
    link: z
      .string()
      .max(1_000)
      .optional()
      .describe("What stands behind the # of a link that signs the operator in."),
  })
  .refine((body) => Object.keys(body).length === 1, "must have either `apiKey` or `link`")
  .meta({ minProperties: 1, maxProperties: 1 });

export const SessionId = z.uuid();

export const SessionsQuery = z.strictObject({ ...page, account: accountName.optional() });

const auditFilter = {
  account: accountName.optional(),
  kind: z.enum(["read", "change"]).optional().describe("`change`: other calls than GET and HEAD."),
  outcome: z.enum(["done", "refused"]).optional().describe("`refused`: answered with 400 or more."),
  key: z.string().max(100).optional().describe("By this key's id; `operator` for the operator's."),
  deployment: z.uuid().optional().describe("About this deployment."),
  from: moment.optional(),
  to: moment.optional().describe("Earlier than this."),
};

export const AuditFilter = z.strictObject(auditFilter);

export const AuditQuery = z.strictObject({ ...page, ...auditFilter });

/** One deployment, or all of them by pages. */
export const DoctorQuery = z.strictObject({
  ...page,
  deployment: z.uuid().optional(),
  rehearse: z.enum(["true", "false"]).optional(),
});

/** `last-event-id` is the sequence of the last entry already seen; what is none counts as none. */
export const EventsHeaders = z.object({
  "last-event-id": z.coerce.number().int().min(0).max(2_147_483_647).optional().catch(undefined),
});

/** For the document: what is signed is the body as it was sent, and Polar's SDK reads it. */
export const WebhookHeaders = z.object({
  "webhook-id": z.string(),
  "webhook-timestamp": z.string(),
  "webhook-signature": z.string(),
});
export const WebhookBody = z.looseObject({ type: z.string() });
