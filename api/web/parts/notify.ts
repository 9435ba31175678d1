import { notifications } from "@mantine/notifications";

/** Says what was done, for a while; screen readers hear it. */
export function notify(title: string, message: string): void {
  notifications.show({
    title,
    message,
    color: "green",
    closeButtonProps: { "aria-label": "Close" },
    styles: { description: { color: "inherit" } },
  });
}
