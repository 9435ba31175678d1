// Mantine's theme. Colours keep WCAG's contrast of 4.5 in both schemes; the browser tests measure it.
import {
  Anchor,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  DEFAULT_THEME,
  Input,
  List,
  Loader,
  type MantineColorsTuple,
  NavLink,
  Radio,
  Text,
  Title,
  Tooltip,
} from "@mantine/core";

/** Mantine's teal, but darker where it is text on light grey. */
const teal = [...DEFAULT_THEME.colors.teal.slice(0, 9), "#056349"] as unknown as MantineColorsTuple;

/** The edge of what is filled in or ticked: Mantine's own is hardly seen on the page's ground. */
const EDGE = {
  "--mantine-color-gray-4": "var(--mantine-color-gray-6)",
  "--mantine-color-dark-4": "var(--mantine-color-dark-2)",
};

export const theme = createTheme({
  colors: { teal },
  primaryColor: "teal",
  primaryShade: 9,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Checkbox: Checkbox.extend({ styles: { root: EDGE } }),
    Input: Input.extend({ styles: { wrapper: EDGE } }),
    Radio: Radio.extend({ styles: { root: EDGE } }),
    // As large as the text of tables and fields.
    Anchor: Anchor.extend({ defaultProps: { size: "sm" } }),
    List: List.extend({ defaultProps: { size: "sm" } }),
    Text: Text.extend({ defaultProps: { size: "sm" } }),
    // It may be somebody's name, as long as they like.
    Title: Title.extend({ styles: { root: { overflowWrap: "anywhere" } } }),
    // With a role it may have a label.
    Loader: Loader.extend({ defaultProps: { role: "status", color: "var(--mantine-color-anchor)" } }),
    NavLink: NavLink.extend({ styles: { root: { borderRadius: "var(--mantine-radius-default)" } } }),
    // Not for who has a mouse alone.
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: true } } }),
  },
});

/** Mantine's own greys and yellows have too little contrast for small text. */
export const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-teal-filled-hover": "#087f5b",
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-placeholder": "#5c636a",
    "--mantine-color-error": "#b02020",
    "--mantine-color-teal-light-color": "#034534",
    "--mantine-color-yellow-light-color": "#5f4300",
    "--mantine-color-orange-light-color": "#7a2e00",
    "--mantine-color-red-light-color": "#a01414",
    "--mantine-color-green-light-color": "#1e5c2a",
    "--mantine-color-cyan-light-color": "#08525f",
    "--mantine-color-blue-light-color": "#10457a",
  },
  dark: {
    "--mantine-color-teal-filled-hover": "#087f5b",
    "--mantine-color-dimmed": "#b8b8b8",
    "--mantine-color-placeholder": "#a6a6a6",
    "--mantine-color-error": "#ff9a9a",
    // Of alerts, with light text on them. Mantine's own are as strong as its buttons.
    "--mantine-color-red-light": "#44201f",
    "--mantine-color-orange-light": "#402a17",
    "--mantine-color-yellow-light": "#3a3114",
    "--mantine-color-green-light": "#1b3522",
    "--mantine-color-blue-light": "#1a2f44",
    "--mantine-color-cyan-light": "#15343d",
    "--mantine-color-teal-light": "#12362b",
  },
});

/** What the server allows styles by: the Content-Security-Policy of this very answer names it. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
}
