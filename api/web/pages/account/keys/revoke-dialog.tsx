import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { accountKeys, type Key, revokeKey } from "../../../api/account.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { useAction } from "../../../parts/use-action.ts";
import { useSession } from "../../../parts/use-session.ts";

export function RevokeDialog({ row, onClose }: { readonly row: Key; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const session = useSession();
  const revoke = useAction({
    mutationFn: () => revokeKey(row.keyId),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: accountKeys.keys });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Revoke this key?"
      isOpen
      verb={revoke.isPending ? "Revoking …" : "Revoke"}
      isDangerous
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Text>
        <bdi>{plainText(row.name)}</bdi> stops working at once, for programs and for the sessions that it
        signed in.
        {row.keyId === session.keyId && <b> You are signed in by it: this page ends, too.</b>}
      </Text>
    </ConfirmDialog>
  );
}
