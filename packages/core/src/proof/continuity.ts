import { sameBytes } from './bytes.ts'
import { Refusal } from './refusal.ts'
import { type FetchTile, openTiles } from './tile-reader.ts'
import type { TreeHash } from './tree-hash.ts'

/** A tree as somebody saw it. */
export interface Head {
  size: bigint
  root: Uint8Array
}

/** `same` tree, a tree that has `grown`, or an `older` state of the one that was seen before. */
export type Continuity = 'same' | 'grown' | 'older'

/**
 * Whether a log that is shown now agrees with the tree that was seen before: one begins with the other. The tiles need no
 * trust: they are checked against the root of the larger tree, and the smaller tree's root is computed from them.
 * @param fetchTile tiles of the log as it is shown
 * @throws Refusal `log-forked` where they differ: no honest log can; another kind where the tiles to tell are missing or wrong
 */
export async function checkContinuity(
  tree: TreeHash,
  before: Head,
  now: Head,
  fetchTile: FetchTile,
): Promise<Continuity> {
  const grown = before.size <= now.size
  const [small, large] = grown ? [before, now] : [now, before]
  const root =
    small.size === large.size ? large.root : await (await openTiles(tree, large, fetchTile)).rootAt(small.size)
  if (!sameBytes(root, small.root)) throw new Refusal('log-forked', `${before.size} → ${now.size}`)
  return small.size === large.size ? 'same' : grown ? 'grown' : 'older'
}
