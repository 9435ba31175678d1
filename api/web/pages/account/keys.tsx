// The account's API keys. A key's text is shown once, when it is made.
import { Button, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery, type NewKey } from "../../api/account.ts";
import { BASE } from "../../api/client.ts";
import { AccountFilter } from "../../parts/account-filter.tsx";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useWhyNot } from "../../parts/use-why-not.ts";
import { KeyTable } from "./keys/key-table.tsx";
import { MakeKeyDialog } from "./keys/make-key-dialog.tsx";
import { NewKeyDialog } from "./keys/new-key-dialog.tsx";

export function KeysPage() {
  const reason = useWhyNot(null);
  const [account, setAccount] = useState("");
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const list = useInfiniteQuery(keysQuery(account));
  const take = (key: NewKey) => {
    setMaking(false);
    setMade(key);
  };
  return (
    <Page
      title="API keys"
      action={
        <Unless reason={reason}>
          <Button onClick={() => setMaking(true)}>Make a key</Button>
        </Unless>
      }
    >
      <AccountFilter placeholder="All" value={account} onChange={setAccount} />
      <PagedList list={list} none={<NoKeys />}>
        {(keys) => <KeyTable keys={keys} onMade={take} />}
      </PagedList>
      {isMaking && <MakeKeyDialog onMade={take} onClose={() => setMaking(false)} />}
      {made && <NewKeyDialog made={made} onClose={() => setMade(null)} />}
    </Page>
  );
}

function NoKeys() {
  return (
    <Stack maw={720}>
      There are no keys but the operator's own.
      <CurlSnippet method="POST" url={`${BASE}/api/v1/keys`} body={{ name: "ci", scopes: ["read"] }} />
    </Stack>
  );
}
