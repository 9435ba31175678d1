// The account's API keys. A key's text is shown once, when it is made.
import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery, type NewKey } from "../../api/account.ts";
import { MoreButton } from "../../parts/more-button.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useTitle } from "../../parts/use-title.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";
import { AccountFilter } from "./account-filter.tsx";
import { KeyTable } from "./keys/key-table.tsx";
import { MakeKeyDialog } from "./keys/make-key-dialog.tsx";
import { NewKeyDialog } from "./keys/new-key-dialog.tsx";

export function KeysPage() {
  useTitle("API keys");
  const reason = useWhyNot(null);
  const [account, setAccount] = useState("");
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const { data, error, isPending, ...pages } = useInfiniteQuery(keysQuery(account));
  const keys = data?.pages.flatMap((page) => page.data) ?? [];
  const take = (key: NewKey) => {
    setMaking(false);
    setMade(key);
  };
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          API keys
        </Title>
        <Unless reason={reason}>
          <Button onClick={() => setMaking(true)}>Make a key</Button>
        </Unless>
      </Group>
      <AccountFilter placeholder="All" onChange={setAccount} />
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {keys.length > 0 && <KeyTable keys={keys} onMade={take} />}
      {data && keys.length === 0 && <Text>There are no keys but the operator's own.</Text>}
      <MoreButton {...pages} />
      {isMaking && <MakeKeyDialog onMade={take} onClose={() => setMaking(false)} />}
      {made && <NewKeyDialog made={made} onClose={() => setMade(null)} />}
    </Stack>
  );
}
