import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { patch } from "../../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys } from "../../../api/deployments.ts";
import type { PatchBody } from "../../../api/shapes.ts";
import { draftsOf, useDraftForm } from "../../../parts/drafts.ts";
import { ModelPicker } from "../../../parts/fields/model-picker.tsx";
import { AllowFromInput, CallbackUrlInput, NameInput } from "../../../parts/fields/plain-inputs.tsx";
import { besideFields, showRefused } from "../../../parts/fields/refused-fields.ts";
import { BotTokenInput, SecretInput } from "../../../parts/fields/secret-inputs.tsx";
import { notify } from "../../../parts/notify.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { changesOf, reachesAssistant, SECRETS, type Settings, settingsOf } from "./changes.ts";

const drafts = draftsOf<Settings>("settings", SECRETS);

export function SettingsForm({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, apiMode, calls, modelApiKey, telegramBotToken } = deployment;
  const whyNot = useWhyNot(calls.patch);
  const stored = settingsOf(deployment);
  const form = useDraftForm(drafts, id, stored);
  const save = useSave(deployment, (saved) => {
    form.setInitialValues(saved);
    form.setValues(saved);
    drafts.drop(id);
  });
  const changes = changesOf(stored, form.values);
  const needsKey = changes?.modelProvider !== undefined || changes?.baseUrl !== undefined;
  const nothing = changes ? null : "Nothing is changed yet.";
  const submit = form.onSubmit(() => {
    if (changes) save.mutate(changes, { onError: (error) => showRefused(form, error) });
  });
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <Title order={2} size="h3">
          Settings
        </Title>
        <NameInput {...form.getInputProps("name")} />
        <ModelPicker form={form} deployment={deployment} />
        {apiMode === "byok" && (
          <SecretInput
            label="Model API key"
            stored={needsKey ? null : modelApiKey}
            description={needsKey && "The stored one is for another server. Enter one for this."}
            {...form.getInputProps("modelApiKey")}
          />
        )}
        <BotTokenInput stored={telegramBotToken} {...form.getInputProps("telegramBotToken")} />
        <AllowFromInput {...form.getInputProps("allowFrom")} />
        <CallbackUrlInput {...form.getInputProps("callbackUrl")} />
        <RefusalAlert error={besideFields(save.error, Object.keys(form.values))} />
        <Text>{whenItTakesEffect(deployment)}</Text>
        <Group>
          <Unless reason={whyNot ?? nothing}>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Unless>
          {changes && (
            <Button variant="default" onClick={() => form.setValues(stored)}>
              Undo
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function useSave(deployment: Deployment, onStored: (stored: Settings) => void) {
  const { deploymentId: id, status } = deployment;
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: (body: PatchBody) => patch(id, body),
    onSuccess: async (patched, body) => {
      queryClient.setQueryData(deploymentKeys.one(id), patched);
      onStored(settingsOf(patched));
      notify("Saved", effectOf(status, body));
      await queryClient.invalidateQueries({ queryKey: deploymentKeys.all });
    },
  });
}

function effectOf(status: Deployment["status"], body: PatchBody): string {
  if (!reachesAssistant(body)) return "It is in effect.";
  return status === "active"
    ? "The assistant takes it now."
    : "It takes effect when the assistant is started.";
}

function whenItTakesEffect({ status }: Deployment): string {
  if (status === "active") return "The assistant takes changes within seconds, and goes on running.";
  return "Changes are kept, and take effect when the assistant is started (the button above).";
}
