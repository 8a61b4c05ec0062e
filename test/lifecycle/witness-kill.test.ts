import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ED25519_COSIGNATURE } from '@yuanliu/core'
import { expect, it } from 'vitest'
import { nodeCrypto } from '../../packages/server/src/lib/signing/node-crypto.ts'
import { createSigningKey } from '../../packages/server/src/lib/signing/signing-key.ts'
import { dishonestLog } from '../../packages/server/src/witness/log.fixture.ts'
import { freshDatabase } from '../support/platform.ts'
import { type ServerProcess, startProcess } from '../support/server-process.ts'

it('a witness that is killed in the midst of requests never forgets what it cosigned', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-witness-kill-'))
  const log = dishonestLog('city.example/log')
  const database = await freshDatabase()
  const env = {
    ...database.env,
    LOG: 'off',
    PUBLIC_RATE: '0',
    WITNESS_LOGS: join(folder, 'logs'),
    WITNESS_KEY_FILE: join(folder, 'key'),
  }
  writeFileSync(env.WITNESS_LOGS, `${log.line}\n`)
  createSigningKey(env.WITNESS_KEY_FILE, 'witness.example', ED25519_COSIGNATURE, await nodeCrypto())
  const add = async (server: ServerProcess, from: number, to: number, fork = false) => {
    const body = Buffer.from(await log.body(from, to, fork))
    const answer = await server.call('/witness/add-checkpoint', { method: 'POST', key: null, body })
    return { status: answer.status, text: await answer.text() }
  }
  let server = await startProcess(env)
  try {
    let cosigned = 0
    // As many as come through before the process is gone; each that was answered 200 has to be there afterwards.
    const going = (async () => {
      for (let size = 0; size < 190; size++) {
        const { status } = await add(server, size, size + 1)
        if (status !== 200) return
        cosigned = size + 1
      }
    })().catch(() => {})
    await expect.poll(() => cosigned, { timeout: 20_000, interval: 2 }).toBeGreaterThan(5)
    await server.kill('SIGKILL')
    await going
    // What left is outside the database, too.
    const data = database.env.DATA_DIR ?? ''
    const [kept] = readdirSync(data).filter(name => /^witness-checkpoint\.[0-9a-f]{64}$/.test(name))
    expect(Number(readFileSync(join(data, kept ?? ''), 'utf8').split('\n')[1])).toBeGreaterThanOrEqual(cosigned)
    server = await startProcess(env)
    const held = Number((await add(server, 199, 200)).text)
    // One more may have been committed whose answer did not arrive.
    expect([cosigned, cosigned + 1]).toContain(held)
    cosigned = held
    // What it knows it defends.
    expect((await add(server, cosigned, cosigned, true)).status).toBe(422)
    expect((await add(server, cosigned, cosigned + 1)).status).toBe(200)
  } finally {
    await server.kill('SIGKILL')
    await database.remove()
    rmSync(folder, { recursive: true, force: true })
  }
})
