import { Chip, Group } from "@mantine/core";

interface CountChipsProps {
  readonly label: string;
  readonly chips: readonly { readonly value: string; readonly text: string; readonly count: number }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}

/** How many there are of each kind, and which kinds are shown: all if none is chosen. */
export function CountChips({ label, chips, chosen, onChange }: CountChipsProps) {
  const shown = chips.filter(({ value, count }) => count > 0 || chosen.includes(value));
  return (
    <Chip.Group multiple value={[...chosen]} onChange={onChange}>
      <Group gap="xs" role="group" aria-label={label}>
        {shown.map(({ value, text, count }) => (
          <Chip key={value} value={value} size="xs">
            {text} {count}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
