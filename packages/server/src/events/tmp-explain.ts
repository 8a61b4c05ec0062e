import { openPostgres } from '../lib/db/postgres.ts'
import { sql, type Sql } from '../lib/db/sql.ts'
import type { Queryable } from '../lib/db/db.ts'
import { readSchemes } from '../lib/data.ts'
import { DATA } from '../lib/paths.ts'
import { parseQuery } from './query.ts'
import { selectEvents, type Sought } from './store.ts'
const db = await openPostgres('postgres://root@localhost/events_explain', 2)
const codes = readSchemes(DATA)
const spy: Queryable = { ...db, async rows(s: Sql) { const r = await db.rows<Record<string,string>>(sql`explain (analyze, buffers, costs off) ${s}`); console.log(r.map(x => Object.values(x)[0]).join('\n')); return [] } }
const T = (n: number) => new Date((1700000000000000 + n*1e6)/1000).toISOString()
const cases: [string, Record<string, unknown>][] = [
 ['none', {}],
 ['asc', { orderDirection: 'ASC' }],
 ['unit', { MATCH_epc: 'https://id.gs1.org/01/19521230000001/21/3' }],
 ['500 units', { MATCH_anyEPC: Array.from({length:500},(_, i)=>`https://id.gs1.org/01/1952123${String(i).padStart(7,'0')}/21/${i*3}`) }],
 ['class', { MATCH_epc: 'https://id.gs1.org/01/19521230000001' }],
 ['company', { MATCH_epc: 'urn:epc:idpat:sgtin:9521230.*.*' }],
 ['big lot', { MATCH_epcClass: 'https://id.gs1.org/01/19521230000001/10/BIG' }],
 ['big lot in a day', { MATCH_epcClass: 'https://id.gs1.org/01/19521230000001/10/BIG', GE_eventTime: T(0), LT_eventTime: T(500) }],
 ['unit+type', { MATCH_epc: 'https://id.gs1.org/01/19521230000001/21/3', eventType: 'ObjectEvent', EQ_action: 'ADD' }],
 ['ids', { EQ_eventID: ['e1','e2','e3'] }],
 ['time', { GE_eventTime: T(1000), LT_eventTime: T(2000), EQ_action: 'ADD' }],
]
for (const [name, p] of cases) {
  const q = parseQuery(p, '/', codes)
  console.log(`\n### ${name}`)
  await selectEvents(spy, { conditions: q.conditions as Sought[], upTo: 200000, orderBy: q.orderBy, descending: q.descending, after: name === 'asc' ? { time: 1700000000000000+5e9, position: 77 } : null, limit: 31 })
}
console.log('\n### recordTime poll (bounds as found)')
await selectEvents(spy, { conditions: [{ on: 'recorded', from: 1760000000000000+199000000 }, { on: 'position', from: 198000 }], upTo: 200000, orderBy: 'eventTime', descending: true, after: null, limit: 31 })
await db.close()
