/**
 * Two passwords, one of which is in use. A rotation replaces the idle one and moves to it, so that the one before stays good until the last
 * pod that knows it is gone, and ends with the rotation after.
 */
export interface Slots {
  readonly active: 0 | 1;
  /** For each, the rotation it was last replaced in; none for one that never was. */
  readonly rotations: readonly [number | undefined, number | undefined];
}

/** After so many rotations. */
export function slotsAfter(rotations: number): Slots {
  const active = rotations % 2 === 0 ? 0 : 1;
  const idle = rotations - 1;
  const [even, odd] = active === 0 ? [rotations, idle] : [idle, rotations];
  return { active, rotations: [even > 0 ? even : undefined, odd > 0 ? odd : undefined] };
}

/** What a password is kept for. Without any before the first rotation, since adding some replaces the password. */
export const keepersOf = (rotation: number | undefined) =>
  rotation ? { keepers: { rotation: String(rotation) } } : {};
