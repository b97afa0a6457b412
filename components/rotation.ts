/**
 * Two passwords, one of them in use. A rotation replaces the idle one and switches to it. The previous password stays valid until the next
 * rotation, so that pods can change over.
 */
export interface Slots {
  readonly active: 0 | 1;
  /** Rotation that each password was last replaced in; undefined if never. */
  readonly rotations: readonly [number | undefined, number | undefined];
}

/** State after the given number of rotations. */
export function slotsAfter(rotations: number): Slots {
  const active = rotations % 2 === 0 ? 0 : 1;
  const idle = rotations - 1;
  const [even, odd] = active === 0 ? [rotations, idle] : [idle, rotations];
  return { active, rotations: [even > 0 ? even : undefined, odd > 0 ? odd : undefined] };
}

/** RandomPassword keepers. Undefined before the first rotation, because adding keepers would replace the password. */
export const keepersOf = (rotation: number | undefined) =>
  rotation ? { keepers: { rotation: String(rotation) } } : {};
