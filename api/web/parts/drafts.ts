// What was typed into a form and not sent, for who leaves it, or whose session ends, and comes back. Secrets stay in memory alone.
import { useForm } from "@mantine/form";
import { tabStorage } from "./tab-storage.ts";

export interface Drafts<T> {
  keep(id: string, draft: Partial<T>): void;
  drop(id: string): void;
  /** What was typed last; nothing of the fields that nobody has touched. */
  of(id: string): Partial<T>;
}

/** @param form its name, which no other has @param secrets fields that are not written down */
export function draftsOf<T extends object>(form: string, secrets: readonly (keyof T)[] = []): Drafts<T> {
  const drafts = new Map<string, Partial<T>>();
  const keyOf = (id: string) => `berth-${form}-${id}`;
  const stored = (id: string): Partial<T> => {
    try {
      return JSON.parse(tabStorage.get(keyOf(id)) ?? "{}") as Partial<T>;
    } catch {
      return {};
    }
  };
  return {
    keep(id, draft) {
      drafts.set(id, draft);
      const written = Object.entries(draft).filter(([field]) => !secrets.includes(field as keyof T));
      tabStorage.set(keyOf(id), JSON.stringify(Object.fromEntries(written)));
    },
    drop(id) {
      drafts.delete(id);
      tabStorage.remove(keyOf(id));
    },
    of: (id) => ({ ...stored(id), ...drafts.get(id) }),
  };
}

/** A form that begins with what is stored, and with what was typed before. */
export function useDraftForm<T extends Record<string, unknown>>(drafts: Drafts<T>, id: string, stored: T) {
  return useForm<T>({
    initialValues: { ...stored, ...drafts.of(id) },
    onValuesChange: (values) => drafts.keep(id, differing(values, stored)),
  });
}

/** The fields that differ from what is stored: somebody else may change the others meanwhile. */
function differing<T extends object>(values: T, stored: T): Partial<T> {
  const text = (value: unknown) => JSON.stringify(value);
  const changed = Object.entries(values).filter(
    ([field, value]) => text(value) !== text(stored[field as keyof T]),
  );
  return Object.fromEntries(changed) as Partial<T>;
}
