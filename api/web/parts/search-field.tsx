import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useTyped } from "./use-typed.ts";

const TYPING_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** What the address has of it. */
  readonly value: string;
  /** Called once somebody has stopped typing, without the white space around it. */
  readonly onSettled: (text: string) => void;
}

export function SearchField({ label, placeholder, value, onSettled }: SearchFieldProps) {
  const { typed, setTyped, report } = useTyped(value);
  const settle = useDebouncedCallback((text: string) => onSettled(report(text.trim())), TYPING_MS);
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      w={420}
      maw="100%"
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        settle(currentTarget.value);
      }}
    />
  );
}
