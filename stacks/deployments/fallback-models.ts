// The models that answer in the place of a deployment's own. A slot has one key, so they are its provider's.
import { MODEL_PROVIDERS, type ModelProvider, modelName } from "../../infra/assistant/openclaw.ts";
import { BerthError } from "../errors.ts";
import type { Deployment } from "./deployments.ts";

const FIELD = "fallbackModels";
/** Their models are their own: an id that begins with another provider's name is none of theirs. */
const WITH_OWN_MODELS: readonly string[] = ["anthropic", "openai", "google", "xai"] satisfies ModelProvider[];

type Models = Pick<Deployment, "model_provider" | "model_id" | "fallback_models">;

interface Change {
  readonly modelProvider?: string | undefined;
  readonly modelId?: string | undefined;
  readonly fallbackModels?: readonly string[] | undefined;
}

/** In the order in which they are asked; none of a deployment that has never had any. */
export function fallbacksOf({ fallback_models }: Pick<Deployment, "fallback_models">): readonly string[] {
  return fallback_models ?? [];
}

/**
 * Checks the models as a change leaves them.
 * @throws BerthError INVALID_REQUEST for a fallback of another provider, one that is there twice, and the model itself
 */
export function assertFallbacks(before: Models, change: Change): void {
  const provider = change.modelProvider ?? before.model_provider;
  const fallbacks = change.fallbackModels ?? fallbacksOf(before);
  if (fallbacks.length === 0) return;
  if (change.fallbackModels === undefined && provider !== before.model_provider)
    throw refused(
      FIELD,
      `are models of ${before.model_provider}: send those of ${provider} in the same call, or []`,
    );
  const seen = [plainName(provider, change.modelId ?? before.model_id ?? "")];
  for (const [index, id] of fallbacks.entries()) {
    const mistake = mistakeIn(provider, id, seen);
    if (mistake) throw refused(`${FIELD}.${index}`, mistake);
    seen.push(plainName(provider, id));
  }
}

/** @param seen the model itself, and the fallbacks before it */
function mistakeIn(provider: string | null, id: string, seen: readonly string[]): string | undefined {
  const owner = MODEL_PROVIDERS.find((name) => id.startsWith(`${name}/`));
  if (owner && owner !== provider && WITH_OWN_MODELS.includes(provider ?? ""))
    return `must be a model of ${provider}: the assistant has no key for ${owner}`;
  const place = seen.indexOf(plainName(provider, id));
  if (place < 0) return undefined;
  return place === 0 ? "must be another model than modelId" : "must not be there twice";
}

function plainName(provider: string | null, id: string): string {
  const known = MODEL_PROVIDERS.find((name) => name === provider);
  return known ? modelName(known, id) : id;
}

function refused(field: string, message: string): BerthError {
  return new BerthError(
    "INVALID_REQUEST",
    `The request was refused because of: ${FIELD}. Nothing was changed.`,
    [{ field, message }],
  );
}
