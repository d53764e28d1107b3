/** What the levels are called, those that have no templates yet too. */
export const LEVEL_NAMES = {
  0: 'not yet level 1',
  1: 'manual',
  2: 'repeatable',
  3: 'reproducible',
  4: 'automated',
  5: 'continuously improved',
} as const
