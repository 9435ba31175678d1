import { Button, Checkbox, Group, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { accountKeys, createKey, type Key, type KeyWanted, type NewKey } from "../../../api/account.ts";
import { operatorKeys } from "../../../api/operator.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { besideFields, showRefused } from "../../../parts/fields/refused-fields.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useSession } from "../../../parts/use-session.ts";

const DAY_SECONDS = 86_400;
const LIVES = [
  { value: "", label: "Never" },
  { value: "1", label: "In a day" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

interface MakeKeyDialogProps {
  readonly onMade: (key: NewKey) => void;
  readonly onClose: () => void;
}

type Values = {
  readonly name: string;
  readonly scopes: string[];
  readonly days: string;
  readonly account: string;
};

export function MakeKeyDialog({ onMade, onClose }: MakeKeyDialogProps) {
  const queryClient = useQueryClient();
  const { isOperator } = useSession();
  const form = useForm<Values>({
    initialValues: { name: "", scopes: ["read", "write"], days: "", account: "" },
    validate: { scopes: (scopes) => (scopes.length === 0 ? "A key needs a scope." : null) },
  });
  const make = useAction({
    mutationFn: (values: Values) => createKey(wantedOf(values)),
    gcTime: 0,
    onSuccess: (key) => {
      void queryClient.invalidateQueries({ queryKey: accountKeys.keys });
      void queryClient.invalidateQueries({ queryKey: operatorKeys.allAccounts });
      onMade(key);
    },
    onError: (error) => showRefused(form, error),
  });
  return (
    <Dialog opened onClose={onClose} title="Make a key">
      <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
        <Stack>
          <TextInput
            label="Name"
            description="What it is for"
            required
            maxLength={100}
            data-autofocus
            {...form.getInputProps("name")}
          />
          <Checkbox.Group label="Scopes" {...form.getInputProps("scopes")}>
            <Stack gap="xs" mt="xs">
              <Checkbox value="read" label="Read: see everything but secrets" />
              <Checkbox value="write" label="Write: change, buy, delete" />
            </Stack>
          </Checkbox.Group>
          <Select label="Ends" data={LIVES} allowDeselect={false} {...form.getInputProps("days")} />
          {isOperator && (
            <TextInput
              label="Account"
              description="Made if there is none of this name; your own if it is left out"
              {...form.getInputProps("account")}
            />
          )}
          <RefusalAlert error={besideFields(make.error, Object.keys(form.values))} />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending}>
              Make the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function wantedOf({ name, scopes, days, account }: Values): KeyWanted {
  return {
    name,
    scopes: scopes as Key["scopes"],
    ...(days && { expiresInSeconds: Number(days) * DAY_SECONDS }),
    ...(account.trim() && { account: account.trim() }),
  };
}
