import type { Key } from '@yuanliu/core'
import type { Platform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'

/** Asks the platform and gives status and JSON (null where there is none). */
export async function ask(
  p: Platform,
  method: string,
  path: string,
  { key, body }: { key?: string; body?: unknown } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await p.call(path, {
    method,
    ...(key !== undefined && { key }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : {} }
}

/** Registers an organisation and opens a sandbox for it. @returns the key, and its id */
export async function openSandbox(p: Platform, organisation: string): Promise<{ key: string; id: string }> {
  await ask(p, 'POST', '/api/organisations', { body: { organisation, name: `${organisation} 公司` } })
  const made = await ask(p, 'POST', `/api/organisations/${organisation}/sandbox`, { body: {} })
  if (made.status !== 201) throw new Error(`sandbox: ${made.status} ${JSON.stringify(made.body)}`)
  return made.body as unknown as Key & { key: string }
}

/** Ids of the events that a key sees. */
export async function eventIds(p: Platform, key: string): Promise<string[]> {
  const { body } = await ask(p, 'GET', '/epcis/events?perPage=100', { key })
  const { epcisBody } = body as { epcisBody: { queryResults: { resultsBody: { eventList: { eventID: string }[] } } } }
  return epcisBody.queryResults.resultsBody.eventList.map(e => e.eventID).sort()
}

/** What stands in every table of a schema, as one digest each; `leaveOut` of the tables whose content may change. */
export async function contents(p: Platform, schema: string, leaveOut: string[] = []): Promise<Record<string, string>> {
  const { db } = p.running.parts
  const tables = await db.rows<{ name: string }>(
    sql`select tablename::text as name from pg_tables where schemaname = ${schema} order by 1`,
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    if (leaveOut.includes(name)) continue
    const text = `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as v from ${schema}.${name} t`
    found[name] = (await db.row<{ v: string }>({ strings: [text], values: [] }))?.v ?? ''
  }
  return found
}

/** The schema of an organisation's sandbox. */
export async function schemaOf(p: Platform, organisation: string): Promise<string> {
  const row = await p.running.parts.db.row<{ number: number }>(
    sql`select s.number from sandbox s join organisation o on o.id = s.organisation where o.code = ${organisation}`,
  )
  if (!row) throw new Error(`${organisation} has no sandbox`)
  return `sandbox_${row.number}`
}

/** Numbered schemas of sandboxes that there are. */
export async function schemas(p: Platform): Promise<string[]> {
  const rows = await p.running.parts.db.rows<{ name: string }>(
    sql`select nspname::text as name from pg_namespace where nspname like 'sandbox%' order by 1`,
  )
  return rows.map(row => row.name)
}
