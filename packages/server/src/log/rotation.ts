import { formatVerifierKey, noteVerifier, openCheckpoint, Refusal, type VerifierKey } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import { killAt } from '../lib/kill-at.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { treeSigner } from './begin.ts'
import type { LogKey } from './keys.ts'
import { openStored } from './load.ts'
import { LogBroken } from './open-log.ts'
import { readTrees, replaceHead, type TreeRow } from './store.ts'

/** Another process may extend the log between a look and the change that rests on it. */
const TRIES = 20

/** Whether the last checkpoint of a tree bears the signature of a key. */
export async function isSignedBy(
  { origin, note }: Pick<TreeRow, 'origin' | 'note'>,
  key: VerifierKey,
  crypto: Pick<NodeCrypto, 'checks'>,
): Promise<boolean> {
  try {
    await openCheckpoint(note, { origin, keys: [noteVerifier(key, crypto.checks)] })
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/**
 * Makes the stored checkpoints fit the keys of this process before it leads (docs/adr/0012): the last one is signed again
 * where the next key has not signed it yet, and a key that has signed beside the one before takes its place.
 * @throws LogBroken where a key has not signed beside the one that the log has
 */
export async function takeKeys(db: Db, keys: readonly LogKey[], crypto: NodeCrypto): Promise<void> {
  for (const key of keys) {
    let tries = TRIES
    while (!(await taken(db, key, crypto)))
      if (--tries === 0) throw new LogBroken(`log_tree: the keys of ${key.suite.id} could not be brought in`)
  }
}

/** False where the tree has changed meanwhile. */
async function taken(db: Db, { suite, signer, next }: LogKey, crypto: NodeCrypto): Promise<boolean> {
  const tree = (await readTrees(db)).find(t => t.suite === suite.number)
  if (!tree || !signer) return true
  const key = formatVerifierKey(signer.key)
  if (tree.key !== key && !(await isSignedBy(tree, signer.key, crypto)))
    throw new LogBroken(`log_tree: ${key} has not signed the last checkpoint beside ${tree.key}`)
  if (!next || (await isSignedBy(tree, next.key, crypto)))
    return tree.key === key || replaced(db, tree, { key, note: tree.note })
  const { size, root } = await openStored(tree, crypto)
  const note = Buffer.from(await treeSigner(signer, next)(Number(size), root))
  return replaced(db, tree, { key, note })
}

async function replaced(db: Db, tree: TreeRow, head: Pick<TreeRow, 'key' | 'note'>): Promise<boolean> {
  killAt('log:rotating')
  const isReplaced = await replaceHead(db, tree, head)
  killAt('log:rotated')
  return isReplaced
}
