import { Button, Group, TextInput } from "@mantine/core";
import { useSession } from "./use-session.ts";
import { useTyped } from "./use-typed.ts";

interface AccountFilterProps {
  /** What an empty field shows. */
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (account: string) => void;
}

/** Whose rows are shown: the operator may name an account. Of a customer's session nothing. */
export function AccountFilter({ placeholder, value, onChange }: AccountFilterProps) {
  const { isOperator } = useSession();
  const { typed, setTyped, report } = useTyped(value);
  if (!isOperator) return null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(report(typed.trim()));
      }}
    >
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput
          label="Account"
          placeholder={placeholder}
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            if (currentTarget.value === "") onChange(report(""));
          }}
        />
        <Button type="submit" variant="default">
          Show
        </Button>
      </Group>
    </form>
  );
}
