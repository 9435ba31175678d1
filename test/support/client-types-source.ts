// The types of the typed client, generated from the OpenAPI document. `npm run client` writes them where the dashboard has them.
import openapiTS, { astToString } from "openapi-typescript";
import { openApiDocument } from "../../api/contract/openapi.ts";

export const CLIENT_TYPES = new URL("../../api/web/api/types.ts", import.meta.url);

const HEADER = "// Generated from the OpenAPI document by `npm run client`: don't edit.\n";

export async function generateClientTypes(): Promise<string> {
  return HEADER + astToString(await openapiTS(JSON.stringify(openApiDocument("/"))));
}
