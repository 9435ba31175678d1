// Provider and model. The list is the provider's own where a key is there to ask by; any other id can be typed.
import { Autocomplete, Group, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import type { Deployment } from "../../api/deployments.ts";
import { modelsQuery, type OfferedModel, offerQuery } from "../../api/details.ts";
import type { ModelProvider } from "../../api/shapes.ts";
import { counted } from "../counts.ts";
import { plainText } from "../plain-text.ts";
import { COMPATIBLE, PROVIDERS } from "../providers.ts";
import { BaseUrlInput, FallbackModelsInput } from "./plain-inputs.tsx";

/** More would make the list slow; typing narrows it. */
const SHOWN_MODELS = 100;

interface ModelPickerProps<Values> {
  readonly form: UseFormReturnType<Values>;
  readonly deployment: Deployment;
}

export function ModelPicker<
  Values extends {
    readonly modelProvider: ModelProvider;
    readonly modelId: string;
    readonly baseUrl: string;
    readonly fallbackModels: string[];
  },
>({ form, deployment }: ModelPickerProps<Values>) {
  const { modelProvider: provider } = form.values;
  const { data: offer } = useQuery(offerQuery);
  const source = sourceOf(deployment, provider, offer?.operatorProviders ?? []);
  const models = useQuery({
    ...modelsQuery(provider, source === "own key" ? deployment.deploymentId : undefined),
    enabled: source !== "none",
  });
  const offered = offer?.operatorProviders ?? [];
  const choices =
    deployment.apiMode === "byok" ? PROVIDERS : PROVIDERS.filter(({ value }) => offered.includes(value));
  const known = new Map(models.data?.map((model) => [model.id, model]));
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Model provider"
          data={choices}
          allowDeselect={false}
          required
          {...form.getInputProps("modelProvider")}
        />
        <Autocomplete
          label="Model"
          description={descriptionOf(source, models)}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={[...known.keys()]}
          limit={SHOWN_MODELS}
          maxDropdownHeight={320}
          required
          autoComplete="off"
          spellCheck={false}
          renderOption={({ option }) => <ModelOption id={option.value} model={known.get(option.value)} />}
          {...form.getInputProps("modelId")}
        />
      </SimpleGrid>
      {provider === COMPATIBLE && <BaseUrlInput {...form.getInputProps("baseUrl")} />}
      <FallbackModelsInput
        data={[...known.keys()]}
        limit={SHOWN_MODELS}
        {...form.getInputProps("fallbackModels")}
      />
    </Stack>
  );
}

function ModelOption({ id, model }: { readonly id: string; readonly model: OfferedModel | undefined }) {
  return (
    <div>
      <Text>
        <bdi>{plainText(model?.name ?? id)}</bdi>
      </Text>
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          {id}
        </Text>
        {model && <Price model={model} />}
      </Group>
    </div>
  );
}

function Price({ model: { inputUsdPerMillion, outputUsdPerMillion } }: { readonly model: OfferedModel }) {
  if (inputUsdPerMillion === null || outputUsdPerMillion === null) return null;
  return (
    <Text size="xs" c="dimmed">
      ${inputUsdPerMillion} in, ${outputUsdPerMillion} out for a million tokens
    </Text>
  );
}

type Source = "own key" | "operator's key" | "none";

/** Whose key the provider is asked by. */
function sourceOf(
  { apiMode, modelApiKey, modelProvider }: Deployment,
  provider: ModelProvider,
  operatorProviders: readonly ModelProvider[],
): Source {
  if (apiMode === "byok" && modelApiKey !== null && modelProvider === provider) return "own key";
  return operatorProviders.includes(provider) ? "operator's key" : "none";
}

function descriptionOf(
  source: Source,
  {
    data,
    isError,
    isLoading,
  }: { data?: readonly unknown[] | undefined; isError: boolean; isLoading: boolean },
): string {
  if (isLoading) return "Reading the provider's list…";
  if (data && data.length > 0) return `${counted(data.length, "model")}; any other id can be typed.`;
  if (isError) return "The provider's list can't be had now: type the model's id.";
  return source === "none" ? "The model's id, as its provider writes it." : "Type the model's id.";
}
