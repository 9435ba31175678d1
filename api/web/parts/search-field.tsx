import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

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
  const [settled] = useDebouncedValue(typed.trim(), TYPING_MS);
  const latest = useRef(onSettled);
  latest.current = onSettled;
  useEffect(() => latest.current(settled), [settled]);
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      w={420}
      maw="100%"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
