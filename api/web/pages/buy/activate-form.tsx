// A paid slot: who moves in. The API checks; what it refuses stands beside its field, and nothing typed is lost.
import { Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ActivateBody, activate } from "../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys } from "../../api/deployments.ts";
import { type Offer, offerQuery } from "../../api/details.ts";
import { ModelPicker } from "../../parts/fields/model-picker.tsx";
import { AllowFromInput, CallbackUrlInput, NameInput } from "../../parts/fields/plain-inputs.tsx";
import { besideFields, showRefused } from "../../parts/fields/refused-fields.ts";
import { BotTokenInput, SecretInput } from "../../parts/fields/secret-inputs.tsx";
import { COMPATIBLE } from "../../parts/providers.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";
import { activationDrafts, type Draft, draftOf } from "./draft.ts";

export function ActivatePanel({ deployment }: { readonly deployment: Deployment }) {
  const { data: offer, error, isPending } = useQuery(offerQuery);
  return (
    <Card withBorder p="lg" maw={720}>
      <Stack>
        <Title order={2} size="h3">
          Set up the assistant
        </Title>
        <RefusalAlert error={error} />
        {isPending && <Loader aria-label="Loading" />}
        {offer && <ActivateForm key={deployment.deploymentId} deployment={deployment} offer={offer} />}
      </Stack>
    </Card>
  );
}

interface ActivateFormProps {
  readonly deployment: Deployment;
  readonly offer: Offer;
}

function ActivateForm({ deployment, offer }: ActivateFormProps) {
  const { deploymentId: id, apiMode, calls } = deployment;
  const isByok = apiMode === "byok";
  const queryClient = useQueryClient();
  const whyNot = useWhyNot(calls.activate);
  const form = useForm<Draft>({
    initialValues: draftOf(deployment, isByok ? [] : offer.operatorProviders),
    onValuesChange: (values) => activationDrafts.keep(id, values),
  });
  const begin = useAction({
    mutationFn: (values: Draft) => activate(id, bodyOf(values, isByok)),
    onError: (error) => showRefused(form, error),
    onSuccess: async () => {
      activationDrafts.drop(id);
      await queryClient.invalidateQueries({ queryKey: deploymentKeys.all });
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => begin.mutate(values))}>
      <Stack>
        <NameInput description="As you call it." {...form.getInputProps("name")} />
        <ModelPicker form={form} deployment={deployment} />
        {isByok ? (
          <SecretInput
            label="Model API key"
            description="Of the provider above. It pays for what the assistant asks its model."
            required
            stored={null}
            {...form.getInputProps("modelApiKey")}
          />
        ) : (
          <Text c="dimmed">The key is the operator's: models are included.</Text>
        )}
        <BotTokenInput required stored={null} {...form.getInputProps("telegramBotToken")} />
        <AllowFromInput {...form.getInputProps("allowFrom")} />
        <CallbackUrlInput {...form.getInputProps("callbackUrl")} />
        <RefusalAlert error={besideFields(begin.error, Object.keys(form.values))} />
        <Group>
          <Unless reason={whyNot}>
            <Button type="submit" loading={begin.isPending}>
              Activate
            </Button>
          </Unless>
        </Group>
      </Stack>
    </form>
  );
}

/** What was left empty is left out, so that the API says what it needs. */
function bodyOf(values: Draft, isByok: boolean): ActivateBody {
  const { modelApiKey, callbackUrl, allowFrom, baseUrl, fallbackModels, ...always } = values;
  return {
    name: always.name,
    modelProvider: always.modelProvider,
    modelId: always.modelId,
    telegramBotToken: always.telegramBotToken,
    ...(isByok && { modelApiKey }),
    ...(always.modelProvider === COMPATIBLE && { baseUrl: baseUrl.trim() }),
    ...(fallbackModels.length > 0 && { fallbackModels }),
    ...(allowFrom.length > 0 && { allowFrom }),
    ...(callbackUrl.trim() && { callbackUrl }),
  };
}
