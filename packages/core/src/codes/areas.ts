/** Names of administrative areas by six-digit code (GB/T 2260), as in `data/vocab/areas.json`: apart from the schemes. */
export type AreaNames = Readonly<Record<string, string>>

/**
 * The name of an area with those of the areas that it lies in: `350104` → 福建省福州市仓山区. Where the area itself is
 * not known (codes are abolished, and new ones made) the nearest above that is; null where not even the province is.
 */
export function areaName(names: AreaNames, code: string): string | null {
  const levels = new Set([`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code.slice(0, 6)])
  const known = [...levels].flatMap(level => (Object.hasOwn(names, level) ? [names[level]!] : []))
  return known.length > 0 ? known.join('') : null
}
