import { createHash } from 'node:crypto'
import { openNote, parseCheckpoint, parseNote, Refusal, sameBytes, textOf, type WitnessState } from '@yuanliu/core'
import { openDurableFiles } from '../lib/durable-files.ts'
import type { Watched } from './ground.ts'
import type { WatchedRow } from './store.ts'

/**
 * What a witness cosigned last of each log, outside the database (docs/adr/0020): a database that was put back has forgotten
 * it, and under the same key could cosign a fork of what others have seen.
 */
export interface WitnessMemory {
  /** where the file of a log is, for messages */
  place(origin: string): string
  /** What is remembered of a log; null: nothing. @throws in words where its file is damaged */
  read(log: Pick<Watched, 'origin' | 'keys'>): Promise<WitnessState | null>
  /** Remembers a checkpoint; on disk when it resolves, and only then may a cosignature leave. */
  write(origin: string, note: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** Opens the memory in the folder of the checkpoints. @throws in words where it cannot be used */
export async function openMemory(folder: string): Promise<WitnessMemory> {
  const files = await openDurableFiles(folder, 'CHECKPOINT_STORE')
  const name = (origin: string) => `witness-checkpoint.${createHash('sha256').update(origin).digest('hex')}`
  const place = (origin: string) => files.place(name(origin))
  return {
    place,
    async read({ origin, keys }) {
      const note = await files.read(name(origin))
      if (!note) return null
      try {
        await openNote(note, keys).catch(error => {
          // Signed by a key that the file of known logs has no more: it is what was cosigned all the same.
          if (!(error instanceof Refusal && error.kind === 'signature-missing')) throw error
        })
        const state = stateOf(note)
        const said = parseCheckpoint(textOf(parseNote(note).text)).origin
        if (said !== origin) throw new Error(`it is of the log "${said}"`)
        return state
      } catch (error) {
        throw new Error(
          `${place(origin)}: damaged (${(error as Error).message}). It tells what this witness cosigned last of the log "${origin}": ` +
            'put it back, or give the witness a new key and name and remove it. 见证记录文件损坏：请恢复该文件，或更换见证密钥与名称后删除。',
          { cause: error },
        )
      }
    },
    write: (origin, note) => files.write(name(origin), note),
    close: files.close,
  }
}

/** The later of what the database and the memory have of a log. @throws in words where they cannot both be true */
export function laterOf(row: WatchedRow, remembered: WitnessState | null, place: string): WitnessState | null {
  const stored = row.note && stateOf(row.note)
  if (!stored || !remembered) return remembered ?? stored
  if (stored.size === remembered.size && !sameBytes(stored.root, remembered.root))
    throw new Error(
      `${place} and the database have different checkpoints of ${stored.size} entries of the log "${row.origin}", both signed by it: ` +
        'the log has forked, and this witness has cosigned both. Keep both, tell the operator of the log and its other witnesses, and give ' +
        'the witness a new key and name. 该日志已分叉，且本见证人对两者均已联署：请保留证据并更换见证密钥。',
    )
  return remembered.size > stored.size ? remembered : stored
}

/** A checkpoint that was stored, as a state. */
export function stateOf(note: Uint8Array): WitnessState {
  const { size, root } = parseCheckpoint(textOf(parseNote(note).text))
  return { size, root, note: Uint8Array.from(note) }
}
