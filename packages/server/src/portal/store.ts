import { contextOf } from '@yuanliu/core'
import { unpackBlock } from '../capture/capture.ts'
import { int8Array, textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import type { Attribute } from './public-fields.ts'

/** An event as it was received. */
export interface EventDocument {
  event: Record<string, unknown>
  /** full name of an extension or ILMD name used in it */
  expand(name: string): string | null
}

/**
 * Everything acknowledged so far is at or before this position; links, aliases and platforms (the room `resolve`) have
 * been changed `revision` times, ranges of codes and their states (the room `codes`) `codeVersion` times, organisations (the room `access`) `parties` times.
 */
export async function standing(db: Queryable): Promise<Standing> {
  const row = await db.row<Standing>(
    sql`select position, (select revision from resolve_revision) as revision, (select version from code_clock) as "codeVersion",
          (select version from party_clock) as parties
        from capture_clock`,
  )
  return row ?? { position: 0, revision: 0, codeVersion: 0, parties: 0 }
}

export interface Standing {
  position: number
  revision: number
  codeVersion: number
  parties: number
}

export interface Touch {
  position: number
  /** 32 hex digits */
  key: string
  /** see events/event-text.ts: unit keys are the second field of each line */
  units: string
}

/**
 * Events and declarations after a position, oldest first; other content under the id of an event; and signatures, each
 * with the keys of what it signs in the place of units, behind `#`.
 */
export function touchesAfter(db: Queryable, after: number, limit: number): Promise<Touch[]> {
  return db.rows<Touch>(
    sql`(select position, replace(key::text, '-', '') as key, units from event where position > ${after} order by position limit ${limit})
        union all
        (select s.position, replace(min(e.event::text), '-', ''), string_agg(concat(chr(9), '#', replace(e.event::text, '-', '')), chr(10))
          from event_signature s join signed_event e on e.signature = s.id
          where s.position > ${after} group by s.position order by s.position limit ${limit})
        union all
        (select position, replace(key::text, '-', ''), '' from event_conflict where position > ${after} order by position limit ${limit})
        order by position limit ${limit}`,
  )
}

/** Whether any of these has been described anew after a position. */
export async function isDescribedAfter(db: Queryable, ids: readonly string[], after: number): Promise<boolean> {
  const row = await db.row(
    sql`select 1 as one from master_data where id = any(${textArray(ids)}::text[]) and position > ${after} limit 1`,
  )
  return row !== undefined
}

/**
 * Descriptions by id: of the organisation that described it first, as nobody else may rename what is another's;
 * its newest version.
 * @param quarantine what organisations without a credit code describe does not count
 */
export async function descriptions(
  db: Queryable,
  ids: readonly string[],
  quarantine: boolean,
): Promise<Map<string, Attribute[]>> {
  if (!ids.length) return new Map()
  const rows = await db.rows<{ id: string; attributes: Attribute[] }>(
    sql`with first as (
          select distinct on (id) id, organisation from master_data where id = any(${textArray(ids)}::text[])
            and (not ${quarantine}::boolean or organisation in (select id from organisation where credit_code is not null))
          order by id, position, ordinal)
        select distinct on (m.id) m.id, m.attributes
        from master_data m join first f on f.id = m.id and f.organisation = m.organisation
        order by m.id, m.position desc, m.ordinal desc`,
  )
  return new Map(rows.map(row => [row.id, row.attributes]))
}

/** An organisation as the public may know it. */
export interface PublicOrganisation {
  name: string
  /** 统一社会信用代码, once it is registered */
  creditCode: string | null
}

/** Organisations by code. */
export async function organisations(db: Queryable, codes: readonly string[]): Promise<Map<string, PublicOrganisation>> {
  const rows = await db.rows<PublicOrganisation & { code: string }>(
    sql`select code, name, credit_code as "creditCode" from organisation where code = any(${textArray(codes)}::text[])`,
  )
  return new Map(rows.map(({ code, name, creditCode }) => [code, { name, creditCode }]))
}

/** Events as received, by key (32 hex digits). */
export async function documents(db: Queryable, keys: readonly string[]): Promise<Map<string, EventDocument>> {
  const found = new Map<string, EventDocument>()
  if (!keys.length) return found
  const places = await db.rows<{ key: string; block: number; slot: number; context: number }>(
    sql`select replace(key::text, '-', '') as key, block, slot, context from event
        where key = any(${uuidArray(keys)}::uuid[]) and part = 0`,
  )
  const blockIds = [...new Set(places.map(p => p.block))]
  const contextIds = [...new Set(places.map(p => p.context))]
  const [blocks, contexts] = await Promise.all([
    db.rows<{ id: number; body: Buffer }>(
      sql`select id, body from event_block where id = any(${int8Array(blockIds)}::bigint[])`,
    ),
    db.rows<{ id: number; body: string }>(
      sql`select id, body from context where id = any(${int8Array(contextIds)}::bigint[])`,
    ),
  ])
  const bodies = new Map(blocks.map(b => [b.id, unpackBlock(Buffer.from(b.body))]))
  const readings = new Map(contexts.map(c => [c.id, eventReading(c.body)]))
  for (const place of places) {
    const bytes = bodies.get(place.block)?.[place.slot]?.bytes
    const reading = readings.get(place.context)
    if (!bytes || !reading) continue
    const event = reading.value(bytes)
    const { expand } = contextOf(reading.context, event['@context'])
    found.set(place.key, { event, expand })
  }
  return found
}
