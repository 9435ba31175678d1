// The running server's own OpenAPI document, as the judge of what it answers.
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { findPattern, routePatterns } from "../../api/middleware/route-pattern.ts";
import { ERROR_CODES, ERRORS } from "../../stacks/errors.ts";

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** What was answered to what. `body` is the parsed JSON. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Says what of an answer the document doesn't say; undefined if it is all as documented. */
export type Judge = (seen: Seen) => string | undefined;

const judges = new Map<string, Promise<Judge>>();

/** The judge of the server at that address, made once. */
export function judgeOf(url: string): Promise<Judge> {
  const known = judges.get(url) ?? readDocument(url).then(makeJudge);
  judges.set(url, known);
  return known;
}

export async function readDocument(url: string): Promise<OpenApi> {
  return (await (await fetch(`${url}/api/openapi`)).json()) as OpenApi;
}

function makeJudge(document: OpenApi): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "document");
  const patterns = routePatterns(
    Object.keys(document.paths).map((path) => path.replace(/\{(\w+)\}/g, ":$1")),
  );
  const validators = new Map<string, ValidateFunction>();

  function valid(reference: string, body: unknown): string | undefined {
    const validate = validators.get(reference) ?? ajv.compile({ $ref: `document${reference}` });
    validators.set(reference, validate);
    return validate(body) ? undefined : ajv.errorsText(validate.errors);
  }

  return ({ method, path, status, headers, body }) => {
    const found = findPattern(patterns, path.split("?")[0] ?? "");
    const documented = found?.pattern.replace(/:(\w+)/g, "{$1}") ?? "";
    const operation = document.paths[documented]?.[method.toLowerCase()];
    if (!operation) return noSuchCall(status, body);
    const described = operation.responses[status];
    if (!described) return `${operation.operationId} has no answer ${status} in the document`;
    const pointer =
      described.$ref ?? `#/paths/${pointerStep(documented)}/${method.toLowerCase()}/responses/${status}`;
    const name = pointer.split("/").at(-1) ?? "";
    const response = described.$ref ? document.components.responses[name] : described;
    const type = headers.get("content-type")?.split(";")[0] ?? "";
    if (!response?.content?.[type]) return `${operation.operationId} does not answer ${status} with ${type}`;
    return valid(`${pointer}/content/${pointerStep(type)}/schema`, body);
  };
}

/** A path or a method that no call has is refused, with any code of the registry. */
function noSuchCall(status: number, body: unknown): string | undefined {
  const code = ERROR_CODES.find((known) => known === (body as { error?: { code?: string } }).error?.code);
  if (code && status < 500 && ERRORS[code].status === status) return undefined;
  return `an undocumented call was answered with ${status}: ${JSON.stringify(body)}`;
}

/** A name as a step of a JSON pointer in a URI. */
function pointerStep(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}
