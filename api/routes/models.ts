import type { RequestHandler } from "express";
import type { z } from "zod";
import { type ListedModel, listModels, type Offer } from "../../infra/assistant/list-models.ts";
import type { ModelApis } from "../../infra/assistant/model-apis.ts";
import { COMPATIBLE, type ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Price, PriceTable } from "../../infra/gateway/prices.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { operatorsKey } from "../../stacks/deployments/model-key.ts";
import { readColumn } from "../../stacks/deployments/secret-columns.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { MICRODOLLARS } from "../../stacks/usage/limits.ts";
import { ModelsQuery, type OfferedModel } from "../contract/usage.ts";
import { type Caller, callerOf } from "../middleware/caller.ts";
import { invalidRequest, parse } from "../middleware/problem.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { checkModelServer } from "./model-server.ts";

const KEPT_MS = 10 * 60_000;
/** Tokens. */
const MILLION = 1_000_000;

export interface ModelParts extends Pick<LifecycleContext, "sql" | "box" | "settings"> {
  /** Where providers are. */
  readonly modelApis: ModelApis;
  /** The operator's own. */
  readonly prices: PriceTable;
}

/** GET /models: what the operator's key can use, or that of a deployment of mode byok. */
export function models(parts: ModelParts): RequestHandler {
  const lists = new SharedReads<ListedModel[]>(KEPT_MS);
  let loading: Promise<Price> | undefined;
  const loadPrice = async () => (await import("../../infra/gateway/prices.ts")).pricesOf(parts.prices);
  return async (request, response) => {
    const query = parse(ModelsQuery, request.query);
    const { provider } = query;
    const offer = await offerOf(parts, callerOf(response), query);
    await checkModelServer(parts, offer.baseUrl);
    const name = `${provider} ${parts.box.fingerprint(offer.key ?? "")} ${offer.baseUrl ?? ""}`;
    const list = await lists
      .get(name, () => listModels(parts.modelApis, offer))
      .catch(() => {
        throw new BerthError("UNAVAILABLE", `${provider} has not answered with a list of its models.`);
      });
    loading ??= loadPrice();
    const price = await loading;
    const data = list.map((model): z.infer<typeof OfferedModel> => offered(price, provider, model));
    response.json({ data });
  };
}

/** @throws BerthError INVALID_REQUEST where nobody can be asked, NOT_FOUND */
async function offerOf(
  { sql, box, settings }: ModelParts,
  { accountId }: Caller,
  { provider, deployment: id, baseUrl }: z.infer<typeof ModelsQuery>,
): Promise<Offer> {
  const isOpen = provider === COMPATIBLE && id === undefined;
  if (isOpen ? baseUrl === undefined : baseUrl !== undefined) {
    const message = isOpen
      ? `is required for ${COMPATIBLE}, unless a deployment is named`
      : `is taken for ${COMPATIBLE} alone, without a deployment: that has its own`;
    throw invalidRequest([{ field: "baseUrl", message }]);
  }
  if (isOpen) return { provider, baseUrl };
  const deployment = id === undefined ? undefined : await getDeployment(sql, accountId, id);
  const own = deployment?.api_mode === "byok";
  if (own && deployment.model_provider !== provider)
    throw invalidRequest([{ field: "provider", message: "must be that of the deployment's model key" }]);
  const key = own ? readColumn(box, deployment, "model_api_key") : operatorsKey(settings.modelKeys, provider);
  if (key) return { provider, key: key.reveal(), baseUrl: deployment?.base_url ?? undefined };
  const message = own
    ? "must be a deployment that has a model key"
    : "must be a provider that the operator has a key for, unless a deployment with a key of its own is named";
  throw invalidRequest([{ field: own ? "deployment" : "provider", message }]);
}

function offered(price: Price, provider: ModelProvider, { id, name }: ListedModel) {
  const usd = (microdollars: number | null) => (microdollars === null ? null : microdollars / MICRODOLLARS);
  return {
    provider,
    id,
    name,
    inputUsdPerMillion: usd(price(provider, id, { input_tokens: MILLION })),
    outputUsdPerMillion: usd(price(provider, id, { output_tokens: MILLION })),
  };
}
