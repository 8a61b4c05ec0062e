import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ED25519 } from '@yuanliu/core'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey, readSigningKey } from '../lib/signing/signing-key.ts'
import { treeSigner } from './begin.ts'
import { openCheckpointStore } from './checkpoint-store.ts'
import { type FileStep, faultyFiles } from './faults.fixture.ts'
import { createPublisher } from './publish.ts'

const SUITE = 'sha256-ed25519'
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-checkpoints-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const crypto = await nodeCrypto()
createSigningKey(join(folder, 'key'), 'trace.example.org/log', ED25519, crypto)
const sign = treeSigner(await readSigningKey(join(folder, 'key'), crypto))
const noteOf = (size: number) => sign(size, new Uint8Array(32).fill(size))

const STEPS: FileStep[] = ['open', 'write', 'sync', 'close', 'rename', 'folder']
const CASES = STEPS.flatMap(step => [false, true].map(stored => ({ step, stored })))

describe('the remembered checkpoint', () => {
  it.each(CASES)(
    'is the old one or the new one, whole, where $step fails (stored: $stored), and nothing is shown',
    async fault => {
      const place = join(folder, `${fault.step}-${fault.stored}`)
      const { files, state } = faultyFiles()
      const store = await openCheckpointStore(place, files)
      const [before, after] = [await noteOf(1), await noteOf(2)]
      const publisher = createPublisher(store)
      await publisher.accept([{ suite: SUITE, note: before, position: 1 }])
      state.fault = fault
      await expect(publisher.accept([{ suite: SUITE, note: after, position: 2 }])).rejects.toThrow('injected fault')
      expect(publisher.current(SUITE)?.size).toBe(1)

      // The next start reads what is there, and goes on.
      const again = await openCheckpointStore(place)
      const isNew = fault.step === 'folder' || (fault.step === 'rename' && fault.stored)
      expect(Buffer.from((await again.read(SUITE)) ?? [])).toEqual(Buffer.from(isNew ? after : before))
      const next = createPublisher(again)
      await next.accept([{ suite: SUITE, note: after, position: 2 }])
      expect(next.current(SUITE)?.size).toBe(2)
      expect(Buffer.from((await again.read(SUITE)) ?? [])).toEqual(Buffer.from(after))
      await store.close()
      await again.close()
    },
  )
})
