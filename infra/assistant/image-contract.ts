// What an assistant's image is promised, on any target: its port, its folders, its environment, its time to stop.
export const ASSISTANT_PORT = 18789;
export const STATE_PATH = "/home/node/.openclaw";
/** OpenClaw closes within 15 s of SIGTERM; without Telegram it may then wait for minutes. Docker's default would be 10 s. */
export const STOP_TIMEOUT_SECONDS = 35;
/** The image's own user and group. Its files can be read by others. */
export const IMAGE_UID = 1000;

/** Places in memory, for an assistant of that user. */
export function temporary(uid: number): Record<string, string> {
  return {
    "/tmp": "mode=1777,size=256m",
    "/home/node/.cache": `mode=0700,uid=${uid},gid=${uid},size=256m`,
  };
}

/** `NAME=value`, the same on every target. */
export function environment(memoryMib: number): string[] {
  return [
    "HOME=/home/node",
    "NODE_ENV=production",
    // V8 doesn't see the memory limit: without this it would be killed instead of collecting.
    `NODE_OPTIONS=--max-old-space-size=${Math.floor(memoryMib * 0.75)}`,
    "OPENCLAW_HOME=/home/node",
    `OPENCLAW_STATE_DIR=${STATE_PATH}`,
    `OPENCLAW_CONFIG_PATH=${STATE_PATH}/openclaw.json`,
    `OPENCLAW_WORKSPACE_DIR=${STATE_PATH}/workspace`,
    "OPENCLAW_DISABLE_BONJOUR=1",
    "OPENCLAW_NO_AUTO_UPDATE=1",
  ];
}

/** The same, for who has a field for each of the two. */
export function namedEnvironment(memoryMib: number) {
  return environment(memoryMib).map((text) => {
    const at = text.indexOf("=");
    return { name: text.slice(0, at), value: text.slice(at + 1) };
  });
}
