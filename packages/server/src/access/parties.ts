import type { Db } from '../lib/db/db.ts'
import * as store from './organisation-store.ts'

/** Who an organisation is. */
export interface Party {
  /** the short code under which its keys are made */
  code: string
  /** 统一社会信用代码 (GB 32100), once it is registered: its verified identity */
  creditCode: string | null
  /** capture position that its registration took; null before it */
  registered: number | null
  /** how many events that were kept aside until then are told behind that position, in their order */
  released: number
  /** its events are kept aside until it is registered */
  quarantined: boolean
}

export interface Parties {
  /** whether events of organisations without a verified identity are kept aside */
  readonly quarantine: boolean
  /** Who these organisations are, by id; ids that nobody has are left out. */
  of(ids: Iterable<number>): Promise<ReadonlyMap<number, Party>>
  /** Whether what this organisation reports is kept aside, by what the database says now. */
  isQuarantined(id: number): Promise<boolean>
  /** Capture position of the last registration at `time` (microseconds) or before, 0 for none. */
  registeredBy(time: number): Promise<number>
  /** Organisations whose events nobody sees but themselves and the administrator. */
  hiddenFrom(reader: { organisation: number; isAdmin: boolean }): Promise<number[]>
}

/** For so long, in milliseconds, an organisation is believed to have no credit code where that hides nothing. */
const TRUST_MS = 4_000

/**
 * Organisations by id. A credit code once registered is never taken away, so what is verified is asked for once; in
 * quarantine, what is not is asked for each time: its events are in force as soon as it is registered.
 */
export function createParties(db: Db, quarantine: boolean, clock: () => number = Date.now): Parties {
  const known = new Map<number, { party: Party; fetched: number }>()
  const trust = quarantine ? 0 : TRUST_MS

  function isDue(id: number, at: number): boolean {
    const entry = known.get(id)
    return !entry || (entry.party.creditCode === null && at - entry.fetched >= trust)
  }

  async function of(ids: Iterable<number>): Promise<ReadonlyMap<number, Party>> {
    const wanted = [...new Set(ids)]
    const at = clock()
    const due = wanted.filter(id => isDue(id, at))
    if (due.length) {
      for (const row of await store.findOrganisations(db, due)) {
        const { code, credit_code: creditCode, registered_position: registered, released } = row
        const party = { code, creditCode, registered, released, quarantined: quarantine && creditCode === null }
        // An answer that was long on its way does not undo what a later one brought.
        if (known.get(row.id)?.party.creditCode == null) known.set(row.id, { party, fetched: at })
      }
    }
    const found = new Map<number, Party>()
    for (const id of wanted) {
      const party = known.get(id)?.party
      if (party) found.set(id, party)
    }
    return found
  }

  return {
    quarantine,
    of,
    isQuarantined: async id => quarantine && ((await of([id])).get(id)?.quarantined ?? true),
    registeredBy: time => store.registeredBy(db, time),
    hiddenFrom: async ({ organisation, isAdmin }) =>
      !quarantine || isAdmin ? [] : (await store.unregistered(db)).filter(id => id !== organisation),
  }
}

/** Who an organisation was as far as was known at a capture position. */
export function partyAt(party: Party, quarantine: boolean, position: number): Party {
  if (party.registered === null || party.registered <= position) return party
  return { ...party, creditCode: null, registered: null, released: 0, quarantined: quarantine }
}
