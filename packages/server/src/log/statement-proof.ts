import { formatProofFile, type LogStatement, Problem, type SuiteId, textOf } from '@yuanliu/core'
import type { Actor } from '../lib/http/mount.ts'
import type { Log } from './log.ts'
import { checkpointOver, covered, suiteNamed } from './proof.ts'
import { proveEntries } from './prove-entries.ts'
import { statementsBetween, subjectFacts } from './statement-store.ts'
import { nameOfStatement, statementOf } from './statements.ts'

/**
 * A statement on a subject that signs, with what opens its entry and the proof that it stands in the log.
 * @throws Problem 404 where none has this position, or the organisation is in quarantine; 503 before it is logged
 */
export async function statementAt(
  log: Log,
  position: number,
  suiteId: SuiteId | undefined,
  reader: Actor,
): Promise<LogStatement> {
  const { db, parties } = log.parts
  const suite = suiteNamed(log, suiteId)
  const [row] = await statementsBetween(db, position, position)
  const says = row && nameOfStatement(row.says)
  const facts = says && (await subjectFacts(db, says, [row.subject])).get(row.subject)
  const hidden = await parties.hiddenFrom({
    organisation: reader.organisation,
    isAdmin: reader.permissions.has('admin'),
  })
  if (!facts || hidden.includes(facts.organisation_id))
    throw new Problem('not-found', { detail: `该位置没有声明 no statement stands at position ${position}` })
  const { index, shown } = await covered(log, suite, { id: `statement ${position}`, position })
  const under = await checkpointOver(log, suite, { index, shown, id: `statement ${position}` })
  const [proved] = await proveEntries(db, suite, under, [index])
  if (!proved) throw new Error(`log: entry ${index} was not proved`)
  const { bytes, mediaType } = statementOf(says, facts)
  const proof = formatProofFile({
    index: BigInt(index),
    path: proved.path,
    checkpoint: under.note,
    extra: proved.entry,
  })
  return {
    position,
    says,
    index,
    entry: proved.entry.toString('base64'),
    salt: row.salt.toString('base64'),
    bytes: bytes.toString('base64'),
    mediaType,
    receivedAt: String(facts.recorded),
    reporter: facts.organisation,
    proof: textOf(proof),
  }
}
