import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";

const TYPING_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly initial: string;
  /** Called once somebody has stopped typing, without the white space around it. */
  readonly onSettled: (text: string) => void;
}

export function SearchField({ label, placeholder, initial, onSettled }: SearchFieldProps) {
  const [typed, setTyped] = useState(initial);
  const settle = useDebouncedCallback((text: string) => onSettled(text.trim()), TYPING_MS);
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      w={420}
      maw="100%"
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        settle(value);
      }}
    />
  );
}
