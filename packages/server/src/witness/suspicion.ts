import { type Checkpoint, type FetchTile, openTiles, Refusal, sameBytes, type TreeHash, tilePath } from '@yuanliu/core'
import { ask } from '../lib/outgoing.ts'

/** Milliseconds for one tile, and bytes of it at most. */
const LIMIT = 5_000
const BYTES = 64 * 1024

/** What a log's own tiles say of a checkpoint whose proof did not hold. */
export type Found =
  /** the tree that the log signed begins with another one: these hashes show it, the other root first */
  | { forked: true; proof: Uint8Array[] }
  /** the tree does begin with the one that is held: the proof was garbled on its way */
  | { forked: false }

/**
 * Looks into a suspected fork: reads the tiles of the checkpoint from the log and reckons the root that its tree had at the
 * size held. Nothing of the tiles is believed but what leads to the root that the log has signed.
 * @throws Error, Refusal where the log does not show such tiles
 */
export async function lookInto(
  url: string,
  tree: TreeHash,
  held: Checkpoint,
  shown: Checkpoint,
  stop: AbortSignal,
): Promise<Found> {
  const fetchTile: FetchTile = async tile => {
    const answer = await ask(`${url}/${tilePath(tile)}`, { method: 'GET', limit: LIMIT, bytes: BYTES, stop })
    if (answer.status === 404) return null
    if (answer.status !== 200) throw new Refusal('tile-missing', `${tilePath(tile)}: ${answer.status}`)
    return new Uint8Array(answer.body)
  }
  const reader = await openTiles(tree, shown, fetchTile)
  const began = await reader.rootAt(held.size)
  if (sameBytes(began, held.root)) return { forked: false }
  return { forked: true, proof: [began, ...(await reader.consistency(held.size))] }
}
