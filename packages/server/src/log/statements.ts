import { randomBytes } from 'node:crypto'
import { type Committed, commitmentTo, type HashName, SALT_LENGTH, STATEMENTS, type StatementName } from '@yuanliu/core'
import { iso } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { killAt } from '../lib/kill-at.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { bitsOf, KIND, statementBody } from './entries.ts'
import { holdClock } from './event-store.ts'
import { insertQueue } from './queue-store.ts'
import * as store from './statement-store.ts'

/** What the log says of subjects that sign: docs/adr/0027. */

/** A statement that is to be logged. */
export interface Stated {
  says: StatementName
  /** id in signing_key, of a note in event_signature */
  subject: number
  /** a capture position that is taken for it alone */
  position: number
}

const NAMES = Object.keys(STATEMENTS) as StatementName[]

/** Name of a statement by its number; null where there is none. */
export function nameOfStatement(says: number): StatementName | null {
  return NAMES.find(name => STATEMENTS[name] === says) ?? null
}

/** The bytes that a statement binds, and of what type they are. */
export function statementOf(says: StatementName, facts: store.SubjectFacts): { bytes: Buffer; mediaType: string } {
  if (says === 'signature') return { bytes: Buffer.from(facts.note ?? ''), mediaType: 'text/plain' }
  const { organisation, kind, key, label, valid_from, valid_until } = facts
  const of = { organisation, kind, key }
  const until = valid_until === null ? null : iso(valid_until)
  const text = says === 'key-revoked' ? of : { ...of, label, validFrom: iso(valid_from), validUntil: until }
  return { bytes: Buffer.from(JSON.stringify(text)), mediaType: 'application/json' }
}

/** What the commitments to a statement bind, under a hash function. */
export function committedOf(
  name: HashName,
  says: StatementName,
  facts: store.SubjectFacts,
  salt: Uint8Array,
): Committed {
  const { bytes, mediaType } = statementOf(says, facts)
  return {
    kind: 'statement',
    salt,
    digest: nodeHashes[name](bytes),
    mediaType,
    contextDigest: new Uint8Array(0),
    receivedAt: BigInt(facts.recorded),
    reporter: facts.organisation,
  }
}

/** Hands statements over to the sequencer, in the transaction that makes them true and holds the capture clock. */
export async function stateSubjects(
  tx: Queryable,
  names: readonly HashName[],
  statements: readonly Stated[],
): Promise<void> {
  if (!names.length || !statements.length) return
  const facts = new Map<StatementName, Map<number, store.SubjectFacts>>()
  for (const name of new Set(statements.map(s => s.says))) {
    const subjects = statements.filter(s => s.says === name).map(s => s.subject)
    facts.set(name, await store.subjectFacts(tx, name, subjects))
  }
  for (const { says, subject, position } of statements) {
    const of = facts.get(says)?.get(subject)
    if (!of) throw new Error(`${says}: there is no subject ${subject}`)
    const salt = randomBytes(SALT_LENGTH)
    const commitments = names.map(name => commitmentTo(nodeHashes[name], committedOf(name, says, of, salt)))
    await store.insertStatement(tx, { position, says: STATEMENTS[says], subject, salt })
    const body = statementBody(says, Buffer.concat(commitments))
    await insertQueue(tx, [{ first: position, count: 1, kind: KIND.statement, suites: bitsOf(names), body }])
  }
}

/** Statements in one transaction. */
const CHUNK = 200

/**
 * States what was registered, revoked and signed before there was a log that says so, or while it was off. Such a
 * statement stands later than what it is of, in the order in which that came; what comes meanwhile waits for its turn.
 * @param isStopping whether to break off
 * @returns how many were made
 */
export async function stateEarlier(db: Db, names: readonly HashName[], isStopping: () => boolean): Promise<number> {
  let total = 0
  for (;;) {
    if (isStopping()) return total
    const count = await db.tx(async tx => {
      await holdClock(tx)
      const rows = await store.unstated(tx, CHUNK)
      if (!rows.length) return 0
      const first = (await holdClock(tx, rows.length)) - rows.length + 1
      const stated = rows.map(({ says, subject }, i) => ({
        says: nameOfStatement(says) as StatementName,
        subject,
        position: first + i,
      }))
      await stateSubjects(tx, names, stated)
      return rows.length
    })
    if (!count) return total
    killAt('log:stated')
    total += count
  }
}
