// What of an OpenAPI document breaks clients that were written for an older one: calls, parameters, bodies, answers.
import { type Direction, type Json, resolve, schemaBreaks } from "./schema-breaks.ts";

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly Json[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Json>>;
}

type Parameter = Json & {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Json;
};
type Content = Readonly<Record<string, { readonly schema: Json }>>;
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Both versions of one thing, with the documents that their references point into. */
interface Pair<T> {
  readonly where: string;
  readonly before: T;
  readonly after: T;
  readonly documents: { readonly before: Json; readonly after: Json };
}

/** A sentence for each break, none if every client of the older document works on. */
export function openApiBreaks(before: Json, after: Json): string[] {
  const documents = { before, after };
  const paths = after.paths as Paths;
  return Object.entries(before.paths as Paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const where = `${method.toUpperCase()} ${path}`;
      const now = paths[path]?.[method];
      return now
        ? operationBreaks({ where, before: operation, after: now, documents })
        : [`${where}: was removed`];
    }),
  );
}

function operationBreaks(pair: Pair<Operation>): string[] {
  const { where, before, after } = pair;
  const breaks: string[] = [];
  if (before.operationId !== after.operationId) breaks.push(`${where}: its operationId is another`);
  if (after.security?.length && !before.security?.length) breaks.push(`${where}: needs a key now`);
  return [...breaks, ...parameterBreaks(pair), ...bodyBreaks(pair), ...answerBreaks(pair)];
}

function parameterBreaks({ where, before, after, documents }: Pair<Operation>): string[] {
  const nameOf = (parameter: Parameter) => `${where} ${parameter.in} ${parameter.name}`;
  const [old, now] = [before.parameters ?? [], after.parameters ?? []];
  const known = new Map(old.map((parameter) => [nameOf(parameter), parameter]));
  const kept = now.flatMap((parameter) => {
    const name = nameOf(parameter);
    const earlier = known.get(name);
    known.delete(name);
    const required = parameter.required && !earlier?.required ? [`${name}: is required now`] : [];
    if (!earlier) return required;
    const schemas = { where: name, before: earlier.schema, after: parameter.schema, documents };
    return [...required, ...contentBreaks("sent", schemas)];
  });
  return [...kept, ...[...known.keys()].map((name) => `${name}: was removed`)];
}

function bodyBreaks({ where, before, after, documents }: Pair<Operation>): string[] {
  const [old, now] = [before.requestBody, after.requestBody];
  const required = now?.required && !old?.required ? [`${where} body: is required now`] : [];
  const contents = {
    where: `${where} body`,
    before: old?.content ?? {},
    after: now?.content ?? {},
    documents,
  };
  return [...required, ...mediaBreaks("sent", contents)];
}

function answerBreaks({ where, before, after, documents }: Pair<Operation>): string[] {
  return Object.entries(before.responses).flatMap(([status, reference]) => {
    const name = `${where} ${status}`;
    const answered = after.responses[status];
    if (!answered) return [`${name}: was removed`];
    const [old, now] = [resolve(reference, documents.before), resolve(answered, documents.after)];
    const kept = new Set(Object.keys(now.headers ?? {}));
    const headers = Object.keys(old.headers ?? {}).filter((header) => !kept.has(header));
    const contents = {
      where: name,
      before: (old.content ?? {}) as Content,
      after: (now.content ?? {}) as Content,
      documents,
    };
    return [
      ...headers.map((header) => `${name} header ${header}: was removed`),
      ...mediaBreaks("answered", contents),
    ];
  });
}

function mediaBreaks(direction: Direction, { where, before, after, documents }: Pair<Content>): string[] {
  return Object.entries(before).flatMap(([type, { schema }]) => {
    const now = after[type];
    if (!now) return [`${where}: ${type} was removed`];
    return contentBreaks(direction, { where, before: schema, after: now.schema, documents });
  });
}

function contentBreaks(direction: Direction, { where, before, after, documents }: Pair<Json>): string[] {
  return schemaBreaks({
    direction,
    where,
    before: { document: documents.before, schema: before },
    after: { document: documents.after, schema: after },
  });
}
