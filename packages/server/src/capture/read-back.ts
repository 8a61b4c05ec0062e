import { decodeUnits, unpackBlock } from '../events/events.ts'
import type { CompanyPrefixes } from '../lib/company-prefixes.ts'
import type { Db } from '../lib/db/db.ts'
import * as store from './read-back-store.ts'

/**
 * Reads once what older versions stored, for what they did not note: the company prefixes of EPC URNs, and the units of
 * error declarations without their event. It begins when the service is ready, stands back behind its work, keeps how
 * far it came, and does nothing where there is nothing left. Two processes that do it at once do no harm.
 */
export interface ReadBack {
  /** Resolves when all is read, or it was stopped. */
  done(): Promise<void>
  stop(): Promise<void>
}

/** Blocks and declarations in one step. */
const BLOCKS = 16
const DECLARATIONS = 500
/** Milliseconds before another attempt after an error. */
const AGAIN_MS = 5_000

/** EPC URNs as they stand in JSON or XML; the prefix ends before anything that either would escape. */
const URN = /urn:epc:(?:id|idpat|class):[a-z]+:[0-9][^"'&<>\\\s]*/g

export function startReadBack(
  { db, prefixes }: { db: Db; prefixes: CompanyPrefixes },
  log: (error: unknown, about: string) => void,
): ReadBack {
  let stopping = false
  let wake = () => {}
  function pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** A step, and then as long a pause: half of a processor at most. */
  async function steps(step: () => Promise<boolean>): Promise<void> {
    for (let more = true; more && !stopping; ) {
      const began = performance.now()
      try {
        more = await step()
        if (more && !stopping) await pause(performance.now() - began)
      } catch (error) {
        if (stopping) return
        log(error, 'reading what is stored')
        await pause(AGAIN_MS)
      }
    }
  }

  async function prefixStep(): Promise<boolean> {
    const mark = await store.readMark(db, 'company-prefixes')
    if (!mark) return false
    const blocks = await store.blocksBehind(db, mark.position, mark.until, BLOCKS)
    for (const { body } of blocks)
      for (const { bytes } of unpackBlock(body))
        for (const [urn] of bytes.toString('latin1').matchAll(URN)) prefixes.note(urn)
    await prefixes.idle()
    const last = blocks.at(-1)
    await store.moveMark(db, 'company-prefixes', last && blocks.length === BLOCKS ? last.id : mark.until)
    return true
  }

  let behind = '0'.repeat(32)
  async function declarationStep(): Promise<boolean> {
    const mark = await store.readMark(db, 'lone-declarations')
    if (!mark) return false
    const found = await store.declarationsBehind(db, behind, DECLARATIONS)
    const known = await store.eventsAmong(
      db,
      found.map(d => d.key),
    )
    await store.addLoneUnits(db, found.filter(d => !known.has(d.key)).flatMap(unitsOf))
    const last = found.at(-1)
    if (last && found.length === DECLARATIONS) behind = last.key
    else await store.moveMark(db, 'lone-declarations', mark.until)
    return true
  }

  const working = steps(prefixStep).then(() => steps(declarationStep))
  return {
    done: () => working,
    async stop() {
      stopping = true
      wake()
      await working
    },
  }
}

function unitsOf({ key, time, type, action, units }: store.StoredDeclaration): store.LoneUnit[] {
  const { units: named, roles } = decodeUnits(units)
  return named.map((unit, i) => ({ unit, time, event: key, role: -(roles[i] as number), kind: type * 8 + action * 2 }))
}
