// Mantine's theme. Colours keep WCAG's contrast of 4.5 in both schemes; the browser tests measure it.
import { createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 9, dark: 8 },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
});

/** What the server allows styles by: the Content-Security-Policy of this very answer names it. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
}
