import { Button, Checkbox, Group, Text, TextInput } from "@mantine/core";

interface LogSearchProps {
  readonly value: string;
  readonly onlyMatches: boolean;
  /** Null while they are looked for. */
  readonly matches: number | null;
  /** Which match is shown, from 0; null before the first step. */
  readonly at: number | null;
  readonly onSearch: (value: string) => void;
  readonly onOnlyMatches: (value: boolean) => void;
  readonly onStep: (by: 1 | -1) => void;
}

/** Enter goes to the next match, Shift and Enter to the one before. */
export function LogSearch(props: LogSearchProps) {
  const { value, onlyMatches, matches, at, onSearch, onOnlyMatches, onStep } = props;
  return (
    <Group gap="xs" align="end">
      <TextInput
        label="Search"
        type="search"
        value={value}
        w={200}
        onChange={({ currentTarget }) => onSearch(currentTarget.value)}
        onKeyDown={({ key, shiftKey }) => key === "Enter" && onStep(shiftKey ? -1 : 1)}
      />
      {value !== "" && (
        <Group gap="xs" mih={36}>
          <Text role="status">
            {matches === null
              ? "Searching …"
              : matches === 0
                ? "No line matches"
                : `${at === null ? "" : `${(at + 1).toLocaleString("en")} of `}${lines(matches)}`}
          </Text>
          {matches !== null && matches > 0 && (
            <>
              <Button size="compact-sm" variant="default" onClick={() => onStep(-1)}>
                Previous
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => onStep(1)}>
                Next
              </Button>
            </>
          )}
          <Checkbox
            label="These lines alone"
            checked={onlyMatches}
            onChange={({ currentTarget }) => onOnlyMatches(currentTarget.checked)}
          />
        </Group>
      )}
    </Group>
  );
}

export function lines(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`;
}
