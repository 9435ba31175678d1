import { Select, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountKeys, type Key, type NewKey, rotateKey } from "../../../api/account.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { useAction } from "../../../parts/use-action.ts";

const OVERLAPS = [
  { value: "0", label: "Not at all" },
  { value: "3600", label: "For an hour" },
  { value: "86400", label: "For a day" },
  { value: "604800", label: "For a week" },
];

interface RotateDialogProps {
  readonly row: Key;
  readonly onMade: (key: NewKey) => void;
  readonly onClose: () => void;
}

export function RotateDialog({ row, onMade, onClose }: RotateDialogProps) {
  const queryClient = useQueryClient();
  const [overlap, setOverlap] = useState("86400");
  const rotate = useAction({
    mutationFn: () => rotateKey(row.keyId, Number(overlap)),
    gcTime: 0,
    onSuccess: (key) => {
      void queryClient.invalidateQueries({ queryKey: accountKeys.keys });
      onMade(key);
    },
  });
  return (
    <ConfirmDialog
      title="Rotate this key?"
      isOpen
      verb={rotate.isPending ? "Rotating …" : "Rotate"}
      isPending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      <Text>
        You get a new key with the name and the scopes of <bdi>{plainText(row.name)}</bdi>.
      </Text>
      <Select
        label="The old one works on"
        data={OVERLAPS}
        value={overlap}
        allowDeselect={false}
        onChange={(value) => setOverlap(value ?? "86400")}
      />
    </ConfirmDialog>
  );
}
