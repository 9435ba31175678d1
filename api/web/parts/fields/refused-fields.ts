import type { UseFormReturnType } from "@mantine/form";
import { Refusal } from "../../api/client.ts";

/** Sentences of a refusal by the form's fields: of a list's entry it is the list that shows it. */
function refusedFields(error: unknown): Record<string, string> {
  if (!(error instanceof Refusal)) return {};
  const fields: Record<string, string> = {};
  for (const [path, message] of Object.entries(error.fields)) {
    const name = path.split(/[.[]/)[0] ?? path;
    fields[name] ??= message;
  }
  return fields;
}

/** Shows each sentence beside its field, and goes to the first. What was typed stays. */
export function showRefused<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  error: unknown,
): void {
  const fields = refusedFields(error);
  form.setErrors(fields);
  const first = Object.keys(form.getValues()).find((name) => name in fields);
  if (first) form.getInputNode(first)?.focus();
}

/** The error, unless all it says stands beside fields of this form. */
export function besideFields(error: unknown, names: readonly string[]): unknown {
  const refused = Object.keys(refusedFields(error));
  return refused.length > 0 && refused.every((name) => names.includes(name)) ? null : error;
}
