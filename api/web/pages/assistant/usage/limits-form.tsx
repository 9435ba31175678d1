import { Button, Fieldset, Group, NumberInput, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Refusal } from "../../../api/client.ts";
import { type Deployment, deploymentQuery, statusQuery } from "../../../api/deployments.ts";
import { setLimits, usageKey } from "../../../api/model-usage.ts";
import { draftsOf, useDraftForm } from "../../../parts/drafts.ts";
import { notify } from "../../../parts/notify.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { fieldsOf, type LimitFields, limitsOf } from "./own-limits.ts";

const drafts = draftsOf<LimitFields>("limits");
const WINDOWS = [
  { key: "month", label: "For a calendar month" },
  { key: "day", label: "For a day" },
  { key: "minute", label: "For a minute" },
] as const;

export function LimitsForm({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, limits } = deployment;
  const reason = useWhyNot(null);
  const queryClient = useQueryClient();
  const stored = fieldsOf(limits);
  const form = useDraftForm(drafts, id, stored);
  const save = useAction({
    mutationFn: (fields: LimitFields) => setLimits(id, limitsOf(fields)),
    onSuccess: (changed) => {
      drafts.drop(id);
      queryClient.setQueryData(deploymentQuery(id).queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: usageKey(id) });
      void queryClient.invalidateQueries(statusQuery(id));
      notify("Saved", "The limits hold now.");
    },
    onError: (error) => {
      if (error instanceof Refusal) form.setErrors(withoutPrefix(error.fields));
    },
  });
  return (
    <form onSubmit={form.onSubmit((fields) => save.mutate(fields))}>
      <Stack maw={900}>
        <Text c="dimmed">
          Your own limits hold at once, beside those of the operator: the lower one counts. An empty field
          sets none. Months, days and minutes are of UTC.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {WINDOWS.map(({ key, label }) => (
            <Fieldset key={key} legend={label}>
              <Stack gap="sm">
                <NumberInput
                  label="US dollars"
                  prefix="$"
                  min={0}
                  decimalScale={2}
                  thousandSeparator=","
                  {...form.getInputProps(`${key}.usd`)}
                />
                <NumberInput
                  label="Tokens"
                  min={0}
                  allowDecimal={false}
                  thousandSeparator=","
                  {...form.getInputProps(`${key}.tokens`)}
                />
              </Stack>
            </Fieldset>
          ))}
        </SimpleGrid>
        <NumberInput
          label="Requests at once"
          min={1}
          allowDecimal={false}
          maw={280}
          {...form.getInputProps("requestsAtOnce")}
        />
        <RefusalAlert error={save.error} />
        <Group>
          <Unless reason={reason}>
            <Button type="submit" loading={save.isPending}>
              {save.isPending ? "Setting …" : "Set limits"}
            </Button>
          </Unless>
        </Group>
      </Stack>
    </form>
  );
}

/** The form's fields are those of `limits` in the body. */
function withoutPrefix(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, message]) => [field.replace(/^limits\./, ""), message]),
  );
}
