// Each kind of break is found in a small document, and nothing is found where every client works on.
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../api/contract/openapi.ts";
import { withoutAllowed } from "./api-since-release.ts";
import { openApiBreaks } from "./openapi-breaks.ts";
import type { Json } from "./schema-breaks.ts";

const BODY: Json = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 100, pattern: "\\S" },
    provider: { type: "string", enum: ["openai", "google"] },
    count: { type: "number", minimum: 0 },
    users: { type: "array", items: { type: ["string", "integer"] } },
    size: { type: "integer", default: 1 },
  },
  required: ["name"],
  additionalProperties: false,
};
const ANSWER: Json = {
  type: "object",
  properties: {
    id: { type: "string", format: "uuid" },
    status: { type: "string", enum: ["active", "stopped"] },
    error: { anyOf: [{ $ref: "#/components/schemas/Cause" }, { type: "null" }] },
    list: { type: "array", items: { type: "object", properties: { at: { type: "string" } } } },
    counts: { type: "object", additionalProperties: { type: "integer" } },
    replicas: {
      anyOf: [
        { type: "number", const: 0 },
        { type: "number", const: 1 },
      ],
    },
  },
  required: ["id", "status"],
  additionalProperties: false,
};

/** As an error's answer is. */
function problem(code: string, details?: Json): Json {
  const fields = { code: { type: "string", const: code }, message: { type: "string" } };
  const error = {
    type: "object",
    properties: { ...fields, ...(details && { details }) },
    required: ["code"],
  };
  return { type: "object", properties: { error }, required: ["error"] };
}

function json(schema: Json): Json {
  return { content: { "application/json": { schema } } };
}

const DOCUMENT = {
  openapi: "3.1.1",
  paths: {
    "/things": {
      post: {
        operationId: "make",
        parameters: [
          { name: "limit", in: "query", required: false, schema: { type: "integer", maximum: 100 } },
        ],
        requestBody: { required: false, ...json(BODY) },
        responses: {
          201: { headers: { RateLimit: { schema: { type: "string" } } }, ...json(ANSWER) },
          404: { $ref: "#/components/responses/NOT_FOUND" },
          409: json({ anyOf: [problem("BUSY", { type: "array" }), problem("TAKEN")] }),
        },
      },
      get: {
        operationId: "list",
        responses: { 200: { content: { "text/plain": { schema: { type: "string" } } } } },
      },
    },
  },
  components: {
    schemas: { Cause: { type: "object", properties: { code: { type: "string" } }, required: ["code"] } },
    responses: { NOT_FOUND: json(problem("NOT_FOUND")) },
  },
};

const BODY_PATH = "/paths/~things/post/requestBody/content/application~json/schema";
const ANSWER_PATH = "/paths/~things/post/responses/201/content/application~json/schema";
const POST = "/paths/~things/post";

/** Sets a value of a copy of the document, removes it if undefined; `~` in a step stands for `/`. */
function changed(path: string, value: unknown): Json {
  const copy = structuredClone(DOCUMENT) as Json;
  const steps = path.slice(1).split("/");
  const last = steps.pop()?.replaceAll("~", "/") ?? "";
  let at = copy as Record<string, unknown>;
  for (const step of steps) at = at[step.replaceAll("~", "/")] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe("a break is found", () => {
  it.each<[string, string, unknown, string]>([
    ["a path is removed", "/paths/~things", undefined, "GET /things: was removed"],
    ["a method is removed", "/paths/~things/get", undefined, "GET /things: was removed"],
    ["a call is renamed", `${POST}/operationId`, "create", "POST /things: its operationId is another"],
    ["a call needs a key", `${POST}/security`, [{ apiKey: [] }], "POST /things: needs a key now"],
    ["an answer's status is removed", `${POST}/responses/404`, undefined, "POST /things 404: was removed"],
    [
      "an answer's header is removed",
      `${POST}/responses/201/headers`,
      {},
      "POST /things 201 header RateLimit: was removed",
    ],
    [
      "an answer has another media type",
      "/paths/~things/get/responses/200/content",
      { "text/html": { schema: { type: "string" } } },
      "GET /things 200: text/plain was removed",
    ],
    ["a parameter is removed", `${POST}/parameters`, [], "POST /things query limit: was removed"],
    [
      "a parameter becomes required",
      `${POST}/parameters/0/required`,
      true,
      "POST /things query limit: is required now",
    ],
    [
      "a required parameter is new",
      `${POST}/parameters/1`,
      { name: "by", in: "query", required: true, schema: {} },
      "POST /things query by: is required now",
    ],
    [
      "a parameter's limit is lower",
      `${POST}/parameters/0/schema/maximum`,
      50,
      "POST /things query limit: its maximum is narrower or another",
    ],
    ["a body becomes required", `${POST}/requestBody/required`, true, "POST /things body: is required now"],
    [
      "a body is removed",
      `${POST}/requestBody`,
      undefined,
      "POST /things body: application/json was removed",
    ],
    [
      "a required field is new",
      `${BODY_PATH}/required`,
      ["name", "age"],
      "POST /things body.age: is required now",
    ],
    [
      "a field becomes required",
      `${BODY_PATH}/required`,
      ["name", "count"],
      "POST /things body.count: is required now",
    ],
    [
      "a sent field is removed",
      `${BODY_PATH}/properties/count`,
      undefined,
      "POST /things body.count: was removed",
    ],
    [
      "a sent type is another",
      `${BODY_PATH}/properties/name`,
      { type: "integer" },
      "POST /things body.name: string is taken no more",
    ],
    [
      "a sent number must be whole",
      `${BODY_PATH}/properties/count/type`,
      "integer",
      "POST /things body.count: number is taken no more",
    ],
    [
      "one of several sent types is gone",
      `${BODY_PATH}/properties/users/items/type`,
      "string",
      "POST /things body.users[]: integer is taken no more",
    ],
    [
      "a sent value is gone",
      `${BODY_PATH}/properties/provider/enum`,
      ["openai"],
      'POST /things body.provider: "google" is taken no more',
    ],
    [
      "free text becomes a choice",
      `${BODY_PATH}/properties/name/enum`,
      ["a"],
      'POST /things body.name: takes ["a"] only',
    ],
    [
      "text may be shorter only",
      `${BODY_PATH}/properties/name/maxLength`,
      99,
      "POST /things body.name: its maxLength is narrower or another",
    ],
    [
      "a least length is new",
      `${BODY_PATH}/properties/name/minLength`,
      1,
      "POST /things body.name: its minLength is narrower or another",
    ],
    [
      "a pattern is another",
      `${BODY_PATH}/properties/name/pattern`,
      "\\d",
      "POST /things body.name: its pattern is narrower or another",
    ],
    [
      "an unknown keyword is new",
      `${BODY_PATH}/dependentRequired`,
      { count: ["size"] },
      "POST /things body: its dependentRequired is narrower or another",
    ],
    [
      "a default is another",
      `${BODY_PATH}/properties/size/default`,
      2,
      "POST /things body.size: its default has changed",
    ],
    [
      "an answered field is removed",
      `${ANSWER_PATH}/properties/error`,
      undefined,
      "POST /things 201.error: was removed",
    ],
    [
      "an answered field may be missing",
      `${ANSWER_PATH}/required`,
      ["id"],
      "POST /things 201.status: may be missing now",
    ],
    [
      "an answered type is another",
      `${ANSWER_PATH}/properties/id/type`,
      "integer",
      "POST /things 201.id: integer may be answered now",
    ],
    [
      "an answer may be null",
      `${ANSWER_PATH}/properties/id/type`,
      ["string", "null"],
      "POST /things 201.id: null may be answered now",
    ],
    [
      "an answered format is gone",
      `${ANSWER_PATH}/properties/id/format`,
      undefined,
      "POST /things 201.id: its format is wider or another",
    ],
    [
      "a choice becomes free text",
      `${ANSWER_PATH}/properties/status/enum`,
      undefined,
      "POST /things 201.status: is any value now",
    ],
    [
      "a field of a list's items is removed",
      `${ANSWER_PATH}/properties/list/items/properties`,
      {},
      "POST /things 201.list[].at: was removed",
    ],
    [
      "a field behind a reference is removed",
      "/components/schemas/Cause",
      { type: "object", properties: {} },
      "POST /things 201.error.code: was removed",
    ],
    [
      "the values of a map are others",
      `${ANSWER_PATH}/properties/counts/additionalProperties`,
      { type: "string" },
      "POST /things 201.counts.*: string may be answered now",
    ],
    [
      "an error's details are removed",
      `${POST}/responses/409`,
      json({ anyOf: [problem("BUSY"), problem("TAKEN")] }),
      "POST /things 409.error.details: was removed",
    ],
  ])("%s", (_what, path, value, sentence) => {
    expect(openApiBreaks(DOCUMENT, changed(path, value))).toContain(sentence);
  });
});

describe("no break is found", () => {
  it.each<[string, string, unknown]>([
    ["a path is new", "/paths/~more", { get: { operationId: "more", responses: {} } }],
    ["a method is new", "/paths/~things/delete", { operationId: "drop", responses: {} }],
    ["a status is new", `${POST}/responses/429`, json(problem("RATE_LIMITED"))],
    ["an answer's header is new", `${POST}/responses/201/headers/ETag`, {}],
    ["a parameter is new", `${POST}/parameters/1`, { name: "by", in: "query", schema: { type: "string" } }],
    ["a parameter's limit is higher", `${POST}/parameters/0/schema/maximum`, 200],
    ["a sent field is new", `${BODY_PATH}/properties/age`, { type: "integer" }],
    ["a required field is optional", `${BODY_PATH}/required`, []],
    ["a sent value is new", `${BODY_PATH}/properties/provider/enum`, ["openai", "google", "xai"]],
    ["a choice to send is free text", `${BODY_PATH}/properties/provider/enum`, undefined],
    ["another type may be sent", `${BODY_PATH}/properties/size/type`, ["integer", "null"]],
    ["a whole number may be broken", `${BODY_PATH}/properties/size/type`, "number"],
    ["a sent text may be longer", `${BODY_PATH}/properties/name/maxLength`, 200],
    ["a sent text's pattern is gone", `${BODY_PATH}/properties/name/pattern`, undefined],
    ["a body takes other fields", `${BODY_PATH}/additionalProperties`, true],
    ["an answered field is new", `${ANSWER_PATH}/properties/more`, { type: "string" }],
    ["an answered value is new", `${ANSWER_PATH}/properties/status/enum`, ["active", "stopped", "failed"]],
    ["an answered field is always there", `${ANSWER_PATH}/required`, ["id", "status", "list"]],
    [
      "an answer is never null any more",
      `${ANSWER_PATH}/properties/error`,
      { $ref: "#/components/schemas/Cause" },
    ],
    [
      "a choice is written in another way",
      `${ANSWER_PATH}/properties/replicas`,
      { type: "number", enum: [0, 1] },
    ],
    [
      "an error code is new",
      `${POST}/responses/409`,
      json({ anyOf: [problem("BUSY", { type: "array" }), problem("TAKEN"), problem("LATE")] }),
    ],
    ["an error is not given any more", `${POST}/responses/409`, json(problem("TAKEN"))],
    ["only words change", `${ANSWER_PATH}/description`, "What was made."],
  ])("%s", (_what, path, value) => {
    expect(openApiBreaks(DOCUMENT, changed(path, value))).toEqual([]);
  });

  it("the real document is compared with itself", () => {
    const document = { ...openApiDocument("/") };
    expect(openApiBreaks(document, structuredClone(document))).toEqual([]);
  });
});

describe("an allowed break", () => {
  const what = "GET /things: was removed";
  it("is found no more", () => {
    expect(withoutAllowed([what, "another"], [{ what, reason: "Nobody called it." }])).toEqual(["another"]);
  });
  it("needs a reason", () => {
    expect(withoutAllowed([what], [{ what, reason: " " }])).toEqual([
      what,
      `allowed without a reason, or no break: ${what}`,
    ]);
  });
  it("that is none is found", () => {
    expect(withoutAllowed([], [{ what, reason: "Nobody called it." }])).toEqual([
      `allowed without a reason, or no break: ${what}`,
    ]);
  });
});
