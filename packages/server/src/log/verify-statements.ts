import { commitmentTo, type Finding, type HashName, type LogEntry, Refusal, STATEMENTS, sameBytes } from '@yuanliu/core'
import type { Queryable } from '../lib/db/db.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import * as store from './statement-store.ts'
import { committedOf, nameOfStatement } from './statements.ts'

const HASH_NAMES: readonly HashName[] = ['sha256', 'sm3']

/**
 * Compares entries that are statements with what is stored of them and of their subjects: each must be opened, and no
 * statement may stand between the positions that has no entry.
 * @param after capture position of the entry before the first
 */
export async function checkStatements(
  db: Queryable,
  entries: readonly { index: number; entry: LogEntry }[],
  after: number,
  upTo: number,
): Promise<Finding[]> {
  const rows = new Map((await store.statementsBetween(db, after + 1, upTo)).map(row => [row.position, row]))
  const findings: Finding[] = []
  for (const { index, entry } of entries) {
    if (entry.kind !== 'statement') continue
    const position = Number(entry.position)
    const row = rows.get(position)
    rows.delete(position)
    const facts = (await store.subjectFacts(db, entry.says, row ? [row.subject] : [])).get(row?.subject ?? -1)
    if (!row || !facts || row.says !== STATEMENTS[entry.says] || !opens(entry, facts, row.salt))
      findings.push({
        at: `entry ${index}`,
        words: {
          zh: `签名密钥或签名（位置 ${position}）与日志不符`,
          en: `A signing key or a signature (position ${position}) is not what was logged`,
        },
      })
  }
  for (const { position, says } of rows.values())
    findings.push({
      at: `log_statement ${position}`,
      words: {
        zh: '日志中没有此声明',
        en: `It has no entry in the log (${nameOfStatement(says) ?? says})`,
      },
    })
  return findings
}

/** Whether what is stored of a subject opens every commitment of an entry. */
function opens(entry: LogEntry & { kind: 'statement' }, facts: store.SubjectFacts, salt: Buffer): boolean {
  try {
    return HASH_NAMES.every(name => {
      const commitment = entry.commitments[name]
      return (
        !commitment || sameBytes(commitmentTo(nodeHashes[name], committedOf(name, entry.says, facts, salt)), commitment)
      )
    })
  } catch (error) {
    // What cannot even be hashed opens nothing.
    if (error instanceof Refusal || error instanceof RangeError) return false
    throw error
  }
}
