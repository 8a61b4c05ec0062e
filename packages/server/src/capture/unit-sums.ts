import { hash, randomBytes } from 'node:crypto'
import type { Queryable } from '../lib/db/db.ts'
import { eachUnit, type UnitOwner } from './columns.ts'
import * as store from './derived-store.ts'

/**
 * Sums of the rows of `event_unit`, by which a table of millions is compared with what events give without finding each
 * row: in 256 buckets, by the first byte of the event's key, the exclusive or of a keyed hash of every row. No two rows
 * are alike (they differ in their key), so sums are equal where the sets of rows are; where the sets differ, they are
 * equal with a probability of 2^-128, since nobody who altered the table knew the key, which is drawn for one comparison.
 * The database sums the same of what it has (derived-store.ts).
 */
export interface UnitSums {
  add(owners: readonly UnitOwner[]): void
  /** 256 sums of 16 bytes each */
  readonly sums: Uint8Array
}

const BUCKETS = 256
const BYTES = 16
/** pages of the table that the database sums at once: a few tens of milliseconds */
const PAGES = 256

/** A key for one comparison, 128 bits: short, since it is hashed with every row. */
export const sumKey = () => randomBytes(16).toString('base64url')

/** @param term number of a unit of measure */
export function createUnitSums(key: string, term: (text: string | null) => number | null): UnitSums {
  const sums = new Uint8Array(BUCKETS * BYTES)
  return {
    sums,
    add(owners) {
      eachUnit(owners, (unit, role, { facts, key: event }, kind, parent, quantity, uom) => {
        const text = `${key}|${facts.time}|${event}|${role}|${kind}|${term(uom) ?? ''}|${quantity ?? ''}|${Buffer.byteLength(unit)}|${unit}${parent === null ? '' : `|${parent}`}`
        // A text comes in a third of the time of a buffer.
        const digest = hash('sha256', text, 'binary')
        const at = Number.parseInt(event.slice(0, 2), 16) * BYTES
        for (let i = 0; i < BYTES; i++) sums[at + i] = (sums[at + i] as number) ^ digest.charCodeAt(i)
      })
    },
  }
}

/**
 * The same sums of the rows that the database has, by bucket. It is asked for some pages of the table at a time, so that
 * other questions have their turn; rows that are written meanwhile may be in or not.
 */
export async function storedSums(db: Queryable, key: string): Promise<Map<number, bigint>> {
  const pages = await store.unitPages(db)
  const sums = new Map<number, bigint>()
  for (let from = 0; from === 0 || from < pages; from += PAGES) {
    const to = from + PAGES < pages ? from + PAGES : null
    for (const { bucket, sum } of await store.unitSums(db, key, { from, to }))
      sums.set(bucket, (sums.get(bucket) ?? 0n) ^ BigInt(`0b${sum}`))
  }
  return sums
}

/** Buckets whose sums, added up over those who summed, are not what the database has. */
export function differingBuckets(summed: readonly Uint8Array[], stored: ReadonlyMap<number, bigint>): number[] {
  const differing: number[] = []
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const [from, to] = [bucket * BYTES, (bucket + 1) * BYTES]
    const parts = summed.map(sums => BigInt(`0x${Buffer.from(sums.subarray(from, to)).toString('hex')}`))
    if (parts.reduce((sum, part) => sum ^ part, 0n) !== (stored.get(bucket) ?? 0n)) differing.push(bucket)
  }
  return differing
}
