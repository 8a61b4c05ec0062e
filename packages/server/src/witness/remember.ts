import { formatSignature, parseNote, type WitnessState } from '@yuanliu/core'
import type { Db, Queryable } from '../lib/db/db.ts'
import { signerOf } from '../lib/signing/signing-key.ts'
import type { Watched, WitnessGround } from './ground.ts'
import { laterOf, stateOf } from './memory.ts'
import * as store from './store.ts'

/** Cosigns a state and stores it. @returns the cosignature's line, which may leave when all of the transaction is on disk */
export async function cosign(
  tx: Queryable,
  { origin, cosigner }: Watched,
  state: WitnessState,
  before: number | null,
): Promise<string> {
  // A clock that was set back does not make a cosignature older than the one before.
  const time = Math.max(Math.floor(Date.now() / 1000), before ?? 0)
  const signer = signerOf(cosigner, () => BigInt(time))
  const signature = await signer.sign(parseNote(state.note).text)
  const line = formatSignature({ name: signer.name, keyId: signer.keyId, signature })
  const note = Buffer.from(state.note)
  await store.putLog(tx, { origin, note, cosigned: Buffer.concat([note, Buffer.from(line)]), cosigned_s: time })
  return line
}

/**
 * Brings the database up to what is remembered outside it: of a database that was put back, or whose last commit failed
 * after the file was written.
 * @returns origins that it was behind with
 * @throws in words where a file is damaged, or the two cannot both be true
 */
export async function catchUp(db: Db, { logs, memory }: WitnessGround): Promise<string[]> {
  const behind: string[] = []
  for (const log of logs.values()) {
    if (!(await memory.read(log))) continue
    const isBehind = await db.tx(async tx => {
      const row = await store.lockLog(tx, log.origin)
      // Read again under the lock: another process may have cosigned meanwhile.
      const later = laterOf(row, await memory.read(log), memory.place(log.origin))
      if (!later || (row.note && stateOf(row.note).size >= later.size)) return false
      await cosign(tx, log, later, row.cosigned_s)
      return true
    })
    if (isBehind) behind.push(log.origin)
  }
  return behind
}

/**
 * Keys that must not cosign: the database came from a backup in which they had cosigned, and the files beside it do not reach
 * what they had. They may have cosigned more since, of any log. Where the files do reach it, that is noted and the key goes on.
 * @returns origins by name and id of the key
 */
export async function barredKeys(db: Queryable, { keys, memory }: WitnessGround): Promise<Map<string, string[]>> {
  const barred = new Map<string, string[]>()
  const rows = await store.readRestored(db)
  for (const { key } of keys.values()) {
    const id = `${key.name} ${key.keyId}`
    const own = rows.filter(row => row.cosigned && parseNote(row.cosigned).signatures.some(s => isBy(s, id)))
    const open: string[] = []
    for (const { origin, note } of own) {
      const remembered = await memory.read({ origin, keys: [] })
      if (!note || !remembered || remembered.size < stateOf(note).size) open.push(origin)
    }
    if (open.length) barred.set(id, open)
    else if (own.length)
      await store.vouchFor(
        db,
        own.map(row => row.origin),
      )
  }
  return barred
}

function isBy({ name, keyId }: { name: string; keyId: string }, id: string): boolean {
  return `${name} ${keyId}` === id
}
