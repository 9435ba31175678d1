import { Box, Tooltip } from "@mantine/core";
import { cloneElement, type ReactElement, useId } from "react";

interface UnlessProps {
  /** Why the button can't be used now; null if it can. */
  readonly reason: string | null;
  readonly children: ReactElement<{
    "data-disabled"?: boolean;
    "aria-disabled"?: boolean;
    "aria-describedby"?: string;
    onClick?: (event: { preventDefault(): void }) => void;
  }>;
}

/** A button that can't be used now stays, can be reached by keyboard, and says why. */
export function Unless({ reason, children }: UnlessProps) {
  const id = useId();
  if (reason === null) return children;
  const disabled = cloneElement(children, {
    "data-disabled": true,
    "aria-disabled": true,
    "aria-describedby": id,
    onClick: (event) => event.preventDefault(),
  });
  return (
    <Tooltip label={reason} multiline maw={320}>
      <Box component="span" display="inline-block">
        {disabled}
        <Box component="span" id={id} hidden>
          {reason}
        </Box>
      </Box>
    </Tooltip>
  );
}
