import { open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type AnchorAdapter, type AnchorClaim, bytes32 } from './adapter.ts'

/**
 * Claims as lines of JSON, appended to a file and synced: for a share on another machine, or a medium that is written once.
 * The time is this machine's.
 */
export function fileAnchor(path: string): AnchorAdapter {
  return {
    id: 'file',
    place: basename(path),
    async find(claim) {
      const text = await textIn(path)
      const wanted = JSON.stringify(claimText(claim))
      for (const line of text.split('\n')) {
        const read = parsed(line)
        if (!read) continue
        const { at, ...rest } = read
        if (JSON.stringify(rest) === wanted)
          return { block: null, blockHash: null, transaction: null, at: Date.parse(String(at)) }
      }
      return null
    },
    async write(claim) {
      const file = await open(path, 'a+', 0o644)
      try {
        // A line that broke off with the power stays alone on its line.
        const { size } = await file.stat()
        const last = Buffer.alloc(1)
        if (size > 0) await file.read(last, 0, 1, size - 1)
        const gap = size > 0 && last[0] !== 0x0a ? '\n' : ''
        await file.appendFile(`${gap}${JSON.stringify({ ...claimText(claim), at: new Date().toISOString() })}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      return {}
    },
    async lastSize(originHash) {
      return Math.max(0, ...(await headsIn(path, originHash)).map(head => head.size))
    },
    heads: originHash => headsIn(path, originHash),
  }
}

/** What the lines of a file say of a log; a line that broke off says nothing. */
async function headsIn(path: string, originHash: Uint8Array) {
  const origin = bytes32(originHash)
  return (await textIn(path)).split('\n').flatMap((line, i) => {
    const { originHash: of, size, root } = parsed(line) ?? {}
    if (of !== origin || !Number.isSafeInteger(size)) return []
    return [{ size: Number(size), root: Buffer.from(String(root).replace(/^0x/, ''), 'hex'), line: i + 1 }]
  })
}

/** Everything in the file; nothing where there is none. */
async function textIn(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  })
}

function claimText({ originHash, size, root, noteHash }: AnchorClaim) {
  return { originHash: bytes32(originHash), size, root: bytes32(root), noteHash: bytes32(noteHash) }
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
