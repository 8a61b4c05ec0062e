import { createReadStream } from 'node:fs'
import { type Client, RemoteProblem } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { Failure, reasonsOf } from './failure.ts'
import { type Found, findFiles } from './files.ts'
import { type Outline, outlineOf } from './outline.ts'
import { createProgress, type Progress } from './progress.ts'
import { patiently } from './retry.ts'
import { type Counts, JSON_TYPE, lastMembersOf, type Note, type Sent, sendDocument, sendEvent } from './send.ts'
import { print, type Shell, say } from './shell.ts'
import { signatureBeside, signaturePath } from './signing.ts'

export interface ImportOptions {
  proceed?: boolean
  quiet?: boolean
}

interface Tally extends Counts {
  files: number
  skipped: number
  refused: number
}

/** Statuses by which the platform judges one document; any other refusal would meet the next one too. */
const ABOUT_THE_DOCUMENT = [400, 409, 413, 415, 422]

/**
 * Captures files and folders of EPCIS documents, one after the other: which came first decides a conflict. What was
 * taken before comes back as duplicates, so an import that broke off is simply run again.
 * @returns exit code: 1 where anything was rejected or refused
 * @throws Failure, RemoteProblem or Unreachable where it cannot go on
 */
export async function importFiles(
  shell: Shell,
  paths: readonly string[],
  { proceed = false, quiet = false }: ImportOptions = {},
): Promise<number> {
  const files = await findFiles(paths)
  if (!files.length) throw new Failure('nothingToImport', { paths: paths.join(', ') })
  const client = connect(shell)
  const tally: Tally = { files: 0, skipped: 0, refused: 0, accepted: 0, duplicate: 0, conflict: 0, rejected: 0 }
  const size = files.reduce((sum, file) => sum + file.bytes, 0)
  const progress = createProgress(quiet ? { write() {} } : shell.stderr, size)
  const work = { shell, client, tally, progress, proceed, quiet }
  let before = 0
  try {
    for (const file of files) {
      const at = before
      const show = (share: number) => progress.at(at + share * file.bytes, file.path)
      show(0)
      await withKeyHint(shell, () => importFile(work, file, show))
      before += file.bytes
      tally.files++
    }
  } finally {
    progress.clear()
    const { files, skipped, refused } = tally
    print(shell.stdout, say(shell, 'total', { files, skipped, refused, counts: countsText(shell, tally) }))
  }
  return tally.refused + tally.rejected > 0 ? 1 : 0
}

interface Work {
  shell: Shell
  client: Client
  tally: Tally
  progress: Progress
  proceed: boolean
  quiet: boolean
}

async function importFile(work: Work, file: Found, onShare: (share: number) => void): Promise<void> {
  const { shell, client, tally, progress, proceed, quiet } = work
  const outline = await outlineOf(createReadStream(file.path)).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('unreadable', { path: file.path, code: error.code ?? error.message })
  })
  if ('skip' in outline) {
    progress.clear()
    print(shell.stdout, skippedText(shell, file.path, outline))
    if (outline.skip === 'brokenJson') tally.refused++
    else tally.skipped++
    return
  }
  const type = outline.xml ? 'application/xml' : JSON_TYPE
  const signature = await signatureBeside(file.path)
  try {
    const sent = await patiently(shell, () =>
      outline.send === 'event'
        ? sendEvent(client, file, type, signature)
        : sendDocument(client, file, { proceed, onShare, type, signature }),
    ).catch(async error => {
      const twice = outline.send === 'document' ? repeatedMembers(error) : []
      if (!twice.length || file.bytes > REREAD_BYTES) throw error
      progress.clear()
      print(shell.stdout, ...twice.map(at => say(shell, 'lastMember', { file: file.path, at })))
      const text = await lastMembersOf(file.path)
      return patiently(shell, () => sendDocument(client, { text }, { proceed, onShare, signature }))
    })
    addCounts(tally, sent.counts)
    if (sent.failedJob) tally.refused++
    const notes = notesOf(shell, file.path, sent, outline.send === 'event')
    if (!quiet || notes.length) progress.clear()
    const along = signature === null ? '' : `  ${say(shell, 'signatureAlong', { path: signaturePath(file.path) })}`
    if (!quiet) print(shell.stdout, `${file.path}  ${countsText(shell, sent.counts)}${along}`)
    print(shell.stdout, ...notes)
  } catch (error) {
    if (!(error instanceof RemoteProblem) || !ABOUT_THE_DOCUMENT.includes(error.status)) throw error
    progress.clear()
    const [reason = '', ...more] = reasonsOf(shell, error)
    print(shell.stdout, say(shell, 'refused', { file: file.path, reason }), ...more.map(line => `  ${line}`))
    tally.refused++
  }
}

/** Files up to this size are read again as a whole where members stand twice. */
const REREAD_BYTES = 64 * 1024 * 1024

/** Places of members that stand twice, where that is all that the platform found wrong. */
function repeatedMembers(error: unknown): string[] {
  const errors = error instanceof RemoteProblem ? error.details.errors : undefined
  return errors?.every(e => e.code === 'duplicate-key') ? errors.map(e => e.pointer) : []
}

/** Adds what became of one document's events. */
export function addCounts(total: Counts, counts: Counts): void {
  total.accepted += counts.accepted
  total.duplicate += counts.duplicate
  total.conflict += counts.conflict
  total.rejected += counts.rejected
}

/** What became of events, in words. */
export function countsText(shell: Shell, { accepted, duplicate, conflict, rejected }: Counts): string {
  return say(shell, 'taken', { accepted, duplicate, conflict, rejected })
}

function skippedText(shell: Shell, file: string, outline: Extract<Outline, { skip: string }>): string {
  const type = 'type' in outline ? (outline.type ?? say(shell, 'noType')) : ''
  const reason = say(shell, outline.skip, { type })
  return say(shell, outline.skip === 'brokenJson' ? 'refused' : 'skipped', { file, reason })
}

function notesOf(shell: Shell, file: string, sent: Sent, single: boolean): string[] {
  const notes = sent.receipts.map(receipt => `  ${noteOf(shell, file, receipt, single)}`)
  if (sent.failedJob)
    notes.push(`  ${say(shell, 'refused', { file, reason: say(shell, 'jobFailed', { id: sent.failedJob }) })}`)
  return notes
}

function noteOf(shell: Shell, file: string, receipt: Note, single: boolean): string {
  const { ordinal, eventID = '', firstReporter: first = say(shell, 'unknownReporter') } = receipt
  if (receipt.status === 'rejected') {
    const reason = (receipt.errors ?? []).map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ')
    return say(shell, 'rejectedAt', { file, ordinal, eventID, reason })
  }
  return single
    ? say(shell, 'conflictSingle', { file, eventID })
    : say(shell, 'conflictAt', { file, ordinal, eventID, first })
}
