import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSession } from "../../parts/use-session.ts";

interface AccountFilterProps {
  /** What an empty field shows. */
  readonly placeholder: string;
  readonly initial?: string | undefined;
  readonly onChange: (account: string) => void;
}

/** Whose rows are shown: the operator may name an account. Of a customer's session nothing. */
export function AccountFilter({ placeholder, initial = "", onChange }: AccountFilterProps) {
  const { isOperator } = useSession();
  const [account, setAccount] = useState(initial);
  if (!isOperator) return null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(account.trim());
      }}
    >
      <Group align="end" gap="xs">
        <TextInput
          label="Account"
          placeholder={placeholder}
          value={account}
          onChange={({ currentTarget: { value } }) => {
            setAccount(value);
            if (value === "") onChange("");
          }}
        />
        <Button type="submit" variant="default">
          Show
        </Button>
      </Group>
    </form>
  );
}
