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
  const lines = text.split('\n')
  lines.forEach((line, i) => {
    const [role, key, lot, quantity, uom] = line.split('\t')
    facts.roles.push(Number(role))
    facts.units.push(key ?? '')
    if (lot) facts.lots ??= new Array(i).fill(null)
    if (quantity) facts.quantities ??= new Array(i).fill(null)
    if (uom) facts.uoms ??= new Array(i).fill(null)
    facts.lots?.push(lot || null)
    facts.quantities?.push(quantity || null)
    facts.uoms?.push(uom || null)
  })
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
