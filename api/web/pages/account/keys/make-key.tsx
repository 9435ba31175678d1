import { Button } from "@mantine/core";
import { useState } from "react";
import type { NewKey } from "../../../api/account.ts";
import { Unless } from "../../../parts/unless.tsx";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { MakeKeyDialog } from "./make-key-dialog.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";

/** The button that makes a key, and shows its text once. */
export function MakeKey() {
  const reason = useWhyNot(null);
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const take = (key: NewKey) => {
    setMaking(false);
    setMade(key);
  };
  return (
    <>
      <Unless reason={reason}>
        <Button onClick={() => setMaking(true)}>Make a key</Button>
      </Unless>
      {isMaking && <MakeKeyDialog onMade={take} onClose={() => setMaking(false)} />}
      {made && <NewKeyDialog made={made} onClose={() => setMade(null)} />}
    </>
  );
}
