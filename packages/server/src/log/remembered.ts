import {
  cosignatureTime,
  type Finding,
  type KnownHead,
  type NoteVerifier,
  noteVerifiers,
  openCheckpoint,
  type ProofCrypto,
  parseCheckpoint,
  parseNote,
  Refusal,
  sameBytes,
  textOf,
  type VerifierKey,
} from '@yuanliu/core'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import type { StoredLine } from './remembered-store.ts'
import type { LogSuite } from './suites.ts'

/** A signed checkpoint that is kept somewhere; nothing of it is believed yet. */
export interface Kept {
  /** file, or table and row */
  place: string
  note: Uint8Array
  /** entries, where something beside the checkpoint says so */
  size?: number
  /** hash of the note, where it stands beside it */
  noteHash?: Uint8Array
  /** it lies outside the database, so it may be newer than a copy of that */
  outside?: boolean
}

/** A kept checkpoint that the log's key has signed. */
export interface KeptHead extends KnownHead {
  outside: boolean
}

/** The log whose checkpoints are opened. */
export interface KeptLog {
  suite: LogSuite
  origin: string
  /** verifiers of the keys that are believed, also earlier ones */
  keys: NoteVerifier[]
  /** keys of witnesses, as far as they are known */
  witnesses: readonly VerifierKey[]
  crypto: ProofCrypto
}

/** Opens checkpoints that were kept; what does not open, or does not fit what stands beside it, is told and never thrown. */
export async function openKept(
  kept: readonly Kept[],
  { suite, origin, keys, witnesses, crypto }: KeptLog,
): Promise<{ heads: KeptHead[]; findings: Finding[] }> {
  const cosigners = noteVerifiers([...witnesses], crypto.checks)
  const heads: KeptHead[] = []
  const findings: Finding[] = []
  for (const { place, note, size, noteHash, outside = false } of kept) {
    try {
      const opened = await openCheckpoint(note, { origin, keys }, cosigners)
      heads.push({ size: opened.size, root: opened.root, place, outside })
      if (size !== undefined && opened.size !== BigInt(size))
        findings.push(
          told(
            place,
            `此处写 ${size} 条，检查点为 ${opened.size} 条`,
            `It says ${size} entries, its checkpoint ${opened.size}`,
          ),
        )
      if (noteHash && !sameBytes(noteHash, nodeHashes[suite.hashName](note)))
        findings.push(
          told(place, '所记哈希不是此检查点的', 'The hash that was written down is not that of the checkpoint'),
        )
    } catch (error) {
      findings.push(notOpened(place, note, origin, error))
    }
  }
  return { heads, findings }
}

/**
 * Compares stored signature lines of witnesses with the checkpoints that they stand at: each is one line of the witness that
 * its row names; where the witness's key is known, the signature must hold.
 * @param notes checkpoints that witnesses have cosigned, by their size
 */
export async function checkLines(
  lines: readonly StoredLine[],
  notes: ReadonlyMap<number, Uint8Array>,
  { suite, witnesses, crypto }: Pick<KeptLog, 'suite' | 'witnesses' | 'crypto'>,
): Promise<Finding[]> {
  const verifiers = noteVerifiers([...witnesses], crypto.checks)
  const findings: Finding[] = []
  for (const { size, witness, line } of lines) {
    const place = `log_cosignature ${suite.id} ${size} ${witness}`
    const note = notes.get(size)
    if (!note) {
      findings.push(told(place, '没有它所联署的检查点', 'The checkpoint that it cosigns is not there'))
      continue
    }
    try {
      const before = parseNote(note)
      const after = parseNote(Buffer.concat([note, line]))
      const signature = after.signatures.at(-1)
      const isOne = sameBytes(before.text, after.text) && after.signatures.length === before.signatures.length + 1
      if (!signature || !isOne) throw new Refusal('note-shape', 'not one signature line')
      const by = `${signature.name}+${signature.keyId}`
      if (by !== witness) throw new Refusal('key-name', by)
      cosignatureTime(signature)
      const known = verifiers.find(v => `${v.name}+${v.keyId}` === witness)
      if (known && !(await known.verify(before.text, signature.signature))) throw new Refusal('signature-wrong', by)
    } catch (error) {
      const { zh, en } = wordsOf(error)
      findings.push(told(place, `所存见证签名不可信：${zh}`, `The cosignature kept here is not believed: ${en}`))
    }
  }
  const signed = new Set(lines.map(l => l.size))
  for (const size of notes.keys())
    if (!signed.has(size))
      findings.push(
        told(
          `log_cosigned ${suite.id} ${size}`,
          '此检查点的见证签名不见了',
          'The cosignatures of this checkpoint are gone',
        ),
      )
  return findings
}

/** Checkpoints that say more entries than the log has. */
export function beyond(heads: readonly KnownHead[], suite: LogSuite, size: number): Finding[] {
  return heads
    .filter(head => head.size > BigInt(size))
    .map(head =>
      told(
        head.place ?? 'checkpoint',
        `${suite.id}：曾发布 ${head.size} 条条目的检查点，数据库中没有这么多`,
        `${suite.id}: a checkpoint of ${head.size} entries was published, the database has fewer`,
      ),
    )
}

/** Checkpoints of a suite of which the database has no log. */
export function withoutLog(kept: readonly Kept[], suite: string): Finding[] {
  return kept.map(({ place, note }) => {
    const said = sizeIn(note)
    const size = said === null ? '' : ` (${said})`
    return told(
      place,
      `此处存有检查点${size}，数据库中没有 ${suite} 的日志`,
      `A checkpoint${size} is kept here, and the database has no log of ${suite}`,
    )
  })
}

function sizeIn(note: Uint8Array): string | null {
  try {
    const { origin, size } = parseCheckpoint(textOf(parseNote(note).text))
    return `${origin}, ${size}`
  } catch {
    return null
  }
}

function notOpened(place: string, note: Uint8Array, origin: string, error: unknown): Finding {
  const { zh, en } = wordsOf(error)
  const others = error instanceof Refusal && error.kind === 'signature-missing' ? signersOf(note, origin) : ''
  return told(
    place,
    `所存检查点不可信：${zh}${others && `；签名者 ${others}：若日志换过密钥，请以 --key 同时给出先前的密钥`}`,
    `The checkpoint kept here is not believed: ${en}${others && `; signed by ${others}: where the key of the log was changed, give the earlier one with --key, too`}`,
  )
}

/** Keys of this name that say to have signed a note. */
function signersOf(note: Uint8Array, origin: string): string {
  const { signatures } = parseNote(note)
  return signatures.flatMap(s => (s.name === origin ? [`${s.name}+${s.keyId}`] : [])).join(', ')
}

/** What went wrong, for people. */
export function wordsOf(error: unknown): { zh: string; en: string } {
  if (error instanceof Refusal) return error.words
  const message = error instanceof Error ? error.message : String(error)
  return { zh: message, en: message }
}

/** A finding at a place. */
export function told(at: string, zh: string, en: string): Finding {
  return { at, words: { zh, en } }
}
