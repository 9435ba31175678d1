import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { Dialog } from "./dialog.tsx";
import { RefusalAlert } from "./refusal-alert.tsx";
import { Unless } from "./unless.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  /** What will be so afterwards. */
  readonly children: ReactNode;
  readonly isOpen: boolean;
  readonly verb: string;
  /** Of the button that changes nothing; Cancel if it is left out. */
  readonly backVerb?: string;
  /** Whether something is lost by it. */
  readonly isDangerous?: boolean;
  /** Why it can't be confirmed now; null if it can. */
  readonly whyNot?: string | null;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done that can't be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, isOpen, verb, backVerb = "Cancel", isDangerous = false, whyNot = null } = props;
  const { isPending, error, onConfirm, onClose } = props;
  return (
    <Dialog opened={isOpen} onClose={onClose} title={title}>
      <Stack>
        {children}
        <RefusalAlert error={error} />
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {backVerb}
          </Button>
          <Unless reason={whyNot}>
            <Button {...(isDangerous && { color: "red" })} loading={isPending} onClick={onConfirm}>
              {verb}
            </Button>
          </Unless>
        </Group>
      </Stack>
    </Dialog>
  );
}
