// @ts-check
// Berth's keys laid over the assistant's openclaw.json. Whatever else is in that file is the customer's: it is kept.
// Plain JavaScript: on AWS its text runs inside the assistant's task.

/** @typedef {{ [key: string]: unknown }} Json */

/** As model-gateway.ts writes them. @type {Json} */
const BY_URL = {
  codeMode: "preferred",
  cacheControlFormat: "anthropic",
  supportsPromptCacheKey: true,
  supportsInstructions: true,
};
/** OpenClaw refuses it without an address, which is Berth's. */
const COMPATIBLE = "openai-compatible";
/** As compatible.ts writes them. @type {Json} */
const AT_COMPATIBLE = { maxTokensField: "max_tokens", supportsUsageInStreaming: true };

/**
 * The settings with Berth's keys in them. `{ $add: item }` stands for a list that is to have this item, or these, besides
 * those that it has: one with the same `id` keeps what it says itself. References to Berth's secrets that are not asked
 * for are removed: they would hand a key to a provider that it is not for. So is the way to the model gateway, and to a
 * server that is no longer the model's.
 * @param {Json} current
 * @param {Json} owned
 * @returns {Json}
 */
export function mergeSettings(current, owned) {
  return withoutEmptyServer(merge(withoutRefs(withoutGateway(current)), owned));
}

/**
 * @param {Json} settings
 * @returns {Json}
 */
function withoutEmptyServer(settings) {
  const { models } = settings;
  if (!isObject(models) || !isObject(models.providers) || !isObject(models.providers[COMPATIBLE]))
    return settings;
  const { [COMPATIBLE]: server, ...providers } = models.providers;
  return isBerths(server.apiKey) || "baseUrl" in server
    ? settings
    : { ...settings, models: { ...models, providers } };
}

/**
 * @param {Json} before
 * @param {Json} wanted
 * @returns {Json}
 */
function merge(before, wanted) {
  const merged = { ...before };
  for (const [key, value] of Object.entries(wanted)) {
    const there = merged[key];
    if (isObject(value) && "$add" in value) merged[key] = [value.$add].flat().reduce(added, there);
    else if (isObject(value)) merged[key] = merge(isObject(there) ? there : {}, value);
    else merged[key] = value;
  }
  return merged;
}

/**
 * @param {unknown} before
 * @param {unknown} item
 * @returns {unknown[]}
 */
function added(before, item) {
  const list = Array.isArray(before) ? before : [];
  const isSame = (/** @type {unknown} */ other) =>
    isObject(item) ? isObject(other) && other.id === item.id : other === item;
  if (!list.some(isSame)) return [...list, item];
  return list.map((other) => (isObject(item) && isSame(other) ? { ...item, ...other } : other));
}

/**
 * @param {Json} settings
 * @returns {Json}
 */
function withoutGateway(settings) {
  const { models } = settings;
  if (!isObject(models) || !isObject(models.providers)) return settings;
  const providers = Object.entries(models.providers).map(([name, provider]) => [
    name,
    name === COMPATIBLE ? withoutServer(provider) : asDirect(provider),
  ]);
  return { ...settings, models: { ...models, providers: Object.fromEntries(providers) } };
}

/**
 * A provider whose key is Berth's, and which may be at a private address, has its address from Berth.
 * @param {unknown} provider
 */
function asDirect(provider) {
  if (!isObject(provider) || !isBerths(provider.apiKey) || !isObject(provider.request)) return provider;
  const { allowPrivateNetwork, ...request } = provider.request;
  if (allowPrivateNetwork !== true) return provider;
  const { baseUrl: _url, api: _api, request: _request, models, ...kept } = provider;
  return {
    ...kept,
    ...(Object.keys(request).length > 0 && { request }),
    ...(models !== undefined && {
      models: Array.isArray(models) ? models.map((row) => asKnown(row)) : models,
    }),
  };
}

/**
 * A server that the assistant has from Berth: without its address, which merge writes again while it is the model's.
 * @param {unknown} provider
 */
function withoutServer(provider) {
  if (!isObject(provider) || !isBerths(provider.apiKey)) return provider;
  const { baseUrl: _url, api: _api, request, models, ...kept } = provider;
  const { allowPrivateNetwork: _private, ...own } = isObject(request) ? request : {};
  return {
    ...kept,
    ...(Object.keys(own).length > 0 && { request: own }),
    ...(Array.isArray(models) && { models: models.map((row) => asKnown(row, AT_COMPATIBLE)) }),
  };
}

/**
 * A model's row without what Berth says of a model by the gateway's URL, or at a compatible server.
 * @param {unknown} row
 * @param {Json} said
 */
function asKnown(row, said = BY_URL) {
  if (!isObject(row) || !isObject(row.compat)) return row;
  const { compat, ...kept } = row;
  const own = Object.entries(compat).filter(([key, value]) => said[key] !== value);
  return own.length > 0 ? { ...kept, compat: Object.fromEntries(own) } : kept;
}

/**
 * @param {Json} settings
 * @returns {Json}
 */
function withoutRefs(settings) {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => !isBerths(value))
      .map(([key, value]) => [key, isObject(value) ? withoutRefs(value) : value]),
  );
}

/** @param {unknown} value */
function isBerths(value) {
  return (
    isObject(value) &&
    ((value.source === "file" && value.provider === "berth") ||
      (value.source === "env" && String(value.id).startsWith("BERTH_")))
  );
}

/**
 * @param {unknown} value
 * @returns {value is Json}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
