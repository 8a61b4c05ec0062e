import type { EventFacts } from '@yuanliu/core'

/**
 * The units of an event as stored: a line each, `role TAB key [TAB lot [TAB quantity [TAB unit of measure]]]`.
 * One text per event goes through bulk inserts and level queries cheaply; keys carry no control characters.
 */
export function encodeUnits(facts: UnitFacts): string {
  const { units, roles, lots, quantities, uoms } = facts
  if (!lots && !quantities && !uoms) {
    let text = `${roles[0]}\t${units[0]}`
    for (let i = 1; i < units.length; i++) text += `\n${roles[i]}\t${units[i]}`
    return units.length ? text : ''
  }
  return units
    .map((key, i) => {
      const uom = uoms?.[i]
      const quantity = quantities?.[i]
      const lot = lots?.[i]
      if (uom) return `${roles[i]}\t${key}\t${lot ?? ''}\t${quantity ?? ''}\t${uom}`
      if (quantity) return `${roles[i]}\t${key}\t${lot ?? ''}\t${quantity}`
      return lot ? `${roles[i]}\t${key}\t${lot}` : `${roles[i]}\t${key}`
    })
    .join('\n')
}

type UnitFacts = Pick<EventFacts, 'units' | 'roles' | 'lots' | 'quantities' | 'uoms'>

/** The reverse of `encodeUnits`. */
export function decodeUnits(text: string): UnitFacts {
  const facts: UnitFacts = { units: [], roles: [], lots: null, quantities: null, uoms: null }
  if (text === '') return facts
  let lastLot = ''
  for (let start = 0, i = 0; start <= text.length; i++) {
    const tab = text.indexOf('\t', start)
    const newline = text.indexOf('\n', tab)
    const end = newline < 0 ? text.length : newline
    // The tab after the key; of a line that ends there, it is one of the next line.
    const second = text.indexOf('\t', tab + 1)
    const isShort = second < 0 || second > end
    facts.roles.push(Number(text.slice(start, tab)))
    facts.units.push(text.slice(tab + 1, isShort ? end : second))
    start = end + 1
    if (isShort) {
      facts.lots?.push(null)
      facts.quantities?.push(null)
      facts.uoms?.push(null)
      continue
    }
    const [lot, quantity, uom] = text.slice(second + 1, end).split('\t')
    // Events give one lot to many items: one text for all of them.
    if (lot && lot !== lastLot) lastLot = lot
    if (lot) facts.lots ??= new Array(i).fill(null)
    if (quantity) facts.quantities ??= new Array(i).fill(null)
    if (uom) facts.uoms ??= new Array(i).fill(null)
    facts.lots?.push(lot ? lastLot : null)
    facts.quantities?.push(quantity || null)
    facts.uoms?.push(uom || null)
  }
  return facts
}

/** Sources and destinations as stored: a line each, `s|d TAB type TAB value`; null where there are none. */
export function encodeFlow(facts: Pick<EventFacts, 'sources' | 'destinations'>): string | null {
  if (!facts.sources.length && !facts.destinations.length) return null
  const lines: string[] = []
  for (let i = 0; i < facts.sources.length; i += 2) lines.push(`s\t${facts.sources[i]}\t${facts.sources[i + 1]}`)
  for (let i = 0; i < facts.destinations.length; i += 2)
    lines.push(`d\t${facts.destinations[i]}\t${facts.destinations[i + 1]}`)
  return lines.join('\n')
}

/** The reverse of `encodeFlow`. */
export function decodeFlow(text: string | null): Pick<EventFacts, 'sources' | 'destinations'> {
  const facts: { sources: string[]; destinations: string[] } = { sources: [], destinations: [] }
  for (const line of text ? text.split('\n') : []) {
    const [side, type, value] = line.split('\t')
    ;(side === 's' ? facts.sources : facts.destinations).push(type ?? '', value ?? '')
  }
  return facts
}
