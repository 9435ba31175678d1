// Whether the log runs along, as scrolling and pausing have left it.

const NEAR_END_PX = 24;

export interface View {
  readonly isFollowing: boolean;
  /** Number of the first line that the pause holds back; null unless it is paused. */
  readonly pausedAt: number | null;
}

export interface Scroll {
  readonly top: number;
  readonly topBefore: number;
  readonly distanceFromEnd: number;
}

export const RUNNING: View = { isFollowing: true, pausedAt: null };

/** Scrolling up stops the following, reaching the end starts it. New lines below do neither. */
export function scrolled(view: View, { top, topBefore, distanceFromEnd }: Scroll): View {
  const isFollowing = distanceFromEnd <= NEAR_END_PX || (view.isFollowing && top >= topBefore);
  return isFollowing === view.isFollowing ? view : { ...view, isFollowing };
}

/** @param next number of the line that comes next */
export function paused(view: View, next: number): View {
  return { ...view, pausedAt: next };
}

export function resumed(): View {
  return RUNNING;
}

/** How many lines the pause holds back. */
export function heldBack({ pausedAt }: View, next: number): number {
  return pausedAt === null ? 0 : next - pausedAt;
}
