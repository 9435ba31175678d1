import { Modal, type ModalProps } from "@mantine/core";
import { useEffect } from "react";

/** A dialog that gives the focus back to what had it. Mantine's own does so only if it was mounted before it was opened. */
export function Dialog({ opened, ...props }: ModalProps) {
  useEffect(() => {
    if (!opened) return;
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [opened]);
  return (
    <Modal opened={opened} returnFocus={false} closeButtonProps={{ "aria-label": "Close" }} {...props} />
  );
}
