import { TagsInput, type TagsInputProps, TextInput, type TextInputProps } from "@mantine/core";

const ORDER = ["label", "input", "description", "error"] as const;
const MOST_USERS = 50;
const MOST_FALLBACKS = 5;

export function NameInput(props: TextInputProps) {
  return <TextInput label="Name" maxLength={100} required autoComplete="off" {...props} />;
}

export function AllowFromInput(props: TagsInputProps) {
  return (
    <TagsInput
      label="Allowed users"
      description="Numbers of Telegram users, not @names; Enter after each. With none, who writes to the bot gets a code, and you let them in here."
      inputWrapperOrder={[...ORDER]}
      maxTags={MOST_USERS}
      splitChars={[",", " ", ";"]}
      acceptValueOnBlur
      inputMode="numeric"
      clearable
      {...props}
    />
  );
}

export function BaseUrlInput(props: TextInputProps) {
  return (
    <TextInput
      label="Address of the server"
      description="What stands in front of /chat/completions. A public https address."
      inputWrapperOrder={[...ORDER]}
      placeholder="https://"
      inputMode="url"
      required
      autoComplete="off"
      spellCheck={false}
      {...props}
    />
  );
}

export function FallbackModelsInput(props: TagsInputProps) {
  return (
    <TagsInput
      label="Fallback models"
      description="Optional: up to five other models of the same provider, which answer in this order where the model does not. Enter after each."
      inputWrapperOrder={[...ORDER]}
      maxTags={MOST_FALLBACKS}
      splitChars={[",", " ", ";"]}
      acceptValueOnBlur
      clearable
      {...props}
    />
  );
}

export function CallbackUrlInput(props: TextInputProps) {
  return (
    <TextInput
      label="Callback URL"
      description="Optional: where Berth reports what happens to this assistant. A public https address."
      inputWrapperOrder={[...ORDER]}
      placeholder="https://"
      inputMode="url"
      autoComplete="off"
      spellCheck={false}
      {...props}
    />
  );
}
