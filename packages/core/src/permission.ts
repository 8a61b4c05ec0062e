/** What a key may do. */
export const PERMISSIONS = ['capture', 'read', 'admin', 'event:void'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** True for a word of the list above. */
export function isPermission(word: string): word is Permission {
  return (PERMISSIONS as readonly string[]).includes(word)
}
