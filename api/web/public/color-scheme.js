// Before the first paint, so that nobody who prefers dark sees a white page. Mantine keeps the choice under this name.
let kept = null;
try {
  kept = localStorage.getItem("mantine-color-scheme-value");
} catch {
  // Storage is switched off: the system's choice holds.
}
const isDark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
