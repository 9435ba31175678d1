// The image is taken by a redeploy alone.
import { Button, Code, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { redeploy } from "../../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys } from "../../../api/deployments.ts";
import { draftsOf, useDraftForm } from "../../../parts/drafts.ts";
import { besideFields, showRefused } from "../../../parts/fields/refused-fields.ts";
import { plainText } from "../../../parts/plain-text.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";

interface Fields extends Record<string, unknown> {
  readonly image: string;
}

const drafts = draftsOf<Fields>("image");

export function ImageForm({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, image, calls } = deployment;
  const queryClient = useQueryClient();
  const reason = useWhyNot(calls.redeploy);
  const stored = { image: image.isCustom ? image.reference : "" };
  const form = useDraftForm(drafts, id, stored);
  const bringUp = useAction({
    mutationFn: (reference: string | null) => redeploy(id, { image: reference }),
    onError: (error) => showRefused(form, error),
    onSuccess: () => drafts.drop(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deploymentKeys.one(id) }),
  });
  const wanted = form.values.image.trim();
  const isSame = image.isCustom ? wanted === image.reference : wanted === "";
  const nothing = isSame ? "Enter another image first." : null;
  return (
    <form noValidate onSubmit={form.onSubmit(() => bringUp.mutate(wanted || null))}>
      <Stack>
        <Title order={2} size="h3">
          Image
        </Title>
        <Text style={{ overflowWrap: "anywhere" }}>
          {image.isCustom ? "An image of its own: " : "The installation's: "}
          <Code>{plainText(image.reference)}</Code>
        </Text>
        <TextInput
          label="Image of its own"
          description="Empty: the installation's. It takes effect at the next redeploy; a new image that does not become ready is rolled back."
          inputWrapperOrder={["label", "input", "description", "error"]}
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps("image")}
        />
        <RefusalAlert error={besideFields(bringUp.error, ["image"])} />
        <Group>
          <Unless reason={reason ?? nothing}>
            <Button type="submit" variant="default" loading={bringUp.isPending}>
              Redeploy with this image
            </Button>
          </Unless>
        </Group>
      </Stack>
    </form>
  );
}
