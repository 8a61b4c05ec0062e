/**
 * What a key may do. `link:write`: register links and former numbers of products that the organisation described.
 * `code:issue`: take ranges of codes and set their states. `signal:read`: suspicious scans of the organisation's codes;
 * with `oversight`, as a regulator holds it, of everybody's. `signing:manage`: register and revoke the organisation's own
 * signing keys.
 */
export const PERMISSIONS = [
  'capture',
  'read',
  'admin',
  'event:void',
  'link:write',
  'code:issue',
  'signal:read',
  'oversight',
  'signing:manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** True for a word of the list above. */
export function isPermission(word: string): word is Permission {
  return (PERMISSIONS as readonly string[]).includes(word)
}
