/** What becomes of a code (R-COD-06). */
export const CODE_STATES = ['issued', 'printed', 'active', 'used', 'retired', 'void'] as const
export type CodeState = (typeof CODE_STATES)[number]

/**
 * From which states a code may come into a state. Printing may be skipped (codes sent to a machine are printed and
 * applied at once); `void` says that a code must not be on a product; nothing leads out of `void` and `retired`.
 */
export const CODE_STATE_FROM: Readonly<Record<CodeState, readonly CodeState[]>> = {
  issued: [],
  printed: ['issued'],
  active: ['issued', 'printed'],
  used: ['active'],
  retired: ['active', 'used'],
  void: ['issued', 'printed', 'active', 'used'],
}

/** What a scan says of a code that this platform issues: its state, or that the number was never issued. */
export const ISSUED_STATES = [...CODE_STATES, 'unissued'] as const
export type IssuedState = (typeof ISSUED_STATES)[number]
