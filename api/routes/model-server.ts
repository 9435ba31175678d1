import type { ModelApis } from "../../infra/assistant/model-apis.ts";
import { NO_STRANGERS } from "../../infra/assistant/strangers.ts";
import { invalidRequest } from "../middleware/problem.ts";

/** @throws BerthError INVALID_REQUEST when nothing would be sent to a server at this address, as far as is known now */
export async function checkModelServer(
  { modelApis: { strangers = NO_STRANGERS } }: { readonly modelApis: ModelApis },
  baseUrl: string | undefined,
): Promise<void> {
  const refusal = baseUrl === undefined ? undefined : await strangers.check(baseUrl);
  if (refusal) throw invalidRequest([{ field: "baseUrl", message: refusal }]);
}
