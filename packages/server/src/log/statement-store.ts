import type { StatementName } from '@yuanliu/core'
import { int8Array } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { type Sql, sql } from '../lib/db/sql.ts'

/** What a statement is made of: the key, and of a note the note. Times in microseconds. */
export interface SubjectFacts {
  /** id in signing_key, of a note in event_signature */
  subject: number
  /** organisation whose key it is, and its code */
  organisation_id: number
  organisation: string
  kind: string
  key: string
  label: string
  valid_from: number
  valid_until: number | null
  /** of a note */
  note: string | null
  /** when the key was registered or revoked, or the note came */
  recorded: number
}

/** A statement in the log. */
export interface StatementRow {
  /** capture position of its entry */
  position: number
  /** as of `STATEMENTS` */
  says: number
  /** as of `SubjectFacts` */
  subject: number
  salt: Buffer
}

const KEY = sql`k.organisation as organisation_id, o.code as organisation, k.kind, k.key, k.label, k.valid_from, k.valid_until`

/** From the table that a kind of statement is about, with the organisation of the key. */
const SUBJECTS: Record<StatementName, { columns: Sql; from: Sql; id: Sql }> = {
  'key-registered': {
    columns: sql`k.id as subject, ${KEY}, null as note, k.registered as recorded`,
    from: sql`signing_key k join organisation o on o.id = k.organisation`,
    id: sql`k.id`,
  },
  'key-revoked': {
    columns: sql`k.id as subject, ${KEY}, null as note, k.revoked as recorded`,
    from: sql`signing_key k join organisation o on o.id = k.organisation and k.revoked is not null`,
    id: sql`k.id`,
  },
  signature: {
    columns: sql`s.id as subject, ${KEY}, s.note, s.recorded`,
    from: sql`event_signature s join signing_key k on k.id = s.signing_key join organisation o on o.id = k.organisation`,
    id: sql`s.id`,
  },
}

/** What statements of a kind are made of, by subject. */
export async function subjectFacts(
  db: Queryable,
  says: StatementName,
  subjects: readonly number[],
): Promise<Map<number, SubjectFacts>> {
  const { columns, from, id } = SUBJECTS[says]
  const rows = await db.rows<SubjectFacts>(
    sql`select ${columns} from ${from} where ${id} = any(${int8Array(subjects)}::bigint[])`,
  )
  return new Map(rows.map(row => [row.subject, row]))
}

export async function insertStatement(db: Queryable, s: StatementRow): Promise<void> {
  await db.run(
    sql`insert into log_statement (position, says, subject, salt) values (${s.position}, ${s.says}::smallint, ${s.subject}, ${s.salt})`,
  )
}

/** Statements at positions from … to, in order. */
export function statementsBetween(db: Queryable, from: number, to: number): Promise<StatementRow[]> {
  return db.rows<StatementRow>(
    sql`select position, says, subject, salt from log_statement where position between ${from} and ${to} order by position`,
  )
}

/**
 * What the log does not say yet: keys in the order of their registration, then revocations and notes as they followed
 * each other.
 */
export function unstated(db: Queryable, limit: number): Promise<{ says: number; subject: number }[]> {
  const isNew = (says: number, id: Sql) =>
    sql`not exists (select from log_statement l where l.says = ${says}::smallint and l.subject = ${id})`
  return db.rows(
    sql`select says, subject from (
          select 1 as says, id::bigint as subject, 0::bigint as at from signing_key k where ${isNew(1, sql`k.id`)}
          union all
          select 2, id, revoked_at from signing_key k where revoked is not null and ${isNew(2, sql`k.id`)}
          union all
          select 3, id, position from event_signature s where ${isNew(3, sql`s.id`)}) as r
        order by at, says, subject limit ${limit}`,
  )
}
