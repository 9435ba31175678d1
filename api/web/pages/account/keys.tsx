// The account's API keys. A key's text is shown once, when it is made.
import { Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery, type NewKey } from "../../api/account.ts";
import { BASE } from "../../api/client.ts";
import { AccountFilter } from "../../parts/account-filter.tsx";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { KeyTable } from "./keys/key-table.tsx";
import { MakeKey } from "./keys/make-key.tsx";
import { NewKeyDialog } from "./keys/new-key-dialog.tsx";

export function KeysPage() {
  const [account, setAccount] = useState("");
  const [rotated, setRotated] = useState<NewKey | null>(null);
  const list = useInfiniteQuery(keysQuery(account));
  return (
    <Page title="API keys" action={<MakeKey />}>
      <AccountFilter placeholder="All" value={account} onChange={setAccount} />
      <PagedList list={list} none={<NoKeys />}>
        {(keys) => <KeyTable keys={keys} onMade={setRotated} />}
      </PagedList>
      {rotated && <NewKeyDialog made={rotated} onClose={() => setRotated(null)} />}
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
