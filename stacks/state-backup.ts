import type { UpgradeParts } from "./upgrade.ts";
export async function backUpState(_parts: UpgradeParts): Promise<string | undefined> {
  return undefined;
}
export async function restoreState(_parts: UpgradeParts, _backupId: string): Promise<void> {}
