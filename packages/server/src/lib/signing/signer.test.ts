import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ED25519, SM2, sm2Digest } from '@yuanliu/core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { nodeCrypto } from './node-crypto.ts'
import { openSigner, SignerFailed } from './signer.ts'
import { createSigningKey, readSigningKey } from './signing-key.ts'

const crypto = await nodeCrypto()
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-signer-'))
const path = join(folder, 's.sock')
const ORIGIN = 'trace.example.org/log'

type Question = Record<'op' | 'algorithm' | 'publicKey' | 'message' | 'digest', string>
let close = async () => {}
/** What answers at the socket. */
async function listen(serve: (question: Question, socket: Socket) => void): Promise<void> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.once('data', line => serve(JSON.parse(String(line)), socket))
    socket.on('error', () => {})
  })
  await new Promise<void>(done => server.listen(path, done))
  close = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise(done => server.close(() => done()))
  }
}
const say = (socket: Socket, answer: unknown) => socket.write(`${JSON.stringify(answer)}\n`)
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

afterEach(async () => {
  await close()
  close = async () => {}
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([ED25519, SM2])('a signer of $id', algorithm => {
  const file = join(folder, algorithm.id)
  const { publicKey } = createSigningKey(file, ORIGIN, algorithm, crypto)
  const open = (limit?: number) => openSigner(path, ORIGIN, algorithm, crypto, limit)
  const refusal = (limit?: number) =>
    open(limit).then(
      () => null,
      error => {
        expect(error).toBeInstanceOf(SignerFailed)
        return (error as Error).message
      },
    )

  it('is asked for its key and for signatures, which verify; SM2 modules are given the digest', async () => {
    const { sign } = await readSigningKey(file, crypto)
    const asked: Question[] = []
    await listen(async (question, socket) => {
      asked.push(question)
      if (question.op === 'public-key') say(socket, { publicKey: base64(publicKey) })
      else say(socket, { signature: base64(await sign(Buffer.from(question.message, 'base64'))) })
    })
    const signer = await open()
    expect(signer.key.publicKey).toEqual(publicKey)
    expect(signer.key.name).toBe(ORIGIN)
    const message = Buffer.from('a checkpoint\n')
    const check = crypto.checks[algorithm.scheme as 'sm2' | 'ed25519']
    expect(await check?.(publicKey, message, await signer.sign(message))).toBe(true)
    expect(asked.map(q => [q.op, q.algorithm])).toEqual([
      ['public-key', algorithm.scheme],
      ['sign', algorithm.scheme],
      ['sign', algorithm.scheme],
    ])
    const last = asked.at(-1)
    expect(last).toMatchObject({ publicKey: base64(publicKey), message: base64(message) })
    const digest = base64(sm2Digest(crypto.hashes.sm3, algorithm === SM2 ? publicKey : otherSm2(), message))
    expect(last?.digest).toBe(algorithm === SM2 ? digest : undefined)
  })

  it('whose signature is wrong is not believed', async () => {
    await listen((question, socket) =>
      say(
        socket,
        question.op === 'sign' ? { signature: base64(new Uint8Array(64).fill(7)) } : { publicKey: base64(publicKey) },
      ),
    )
    expect(await refusal()).toMatch(/does not verify .*签名未能用其公钥验证/)
  })

  it.each([
    ['is not there', null, /cannot be reached \(ENOENT\).*无法连接/],
    ['says nothing', () => {}, /no answer within 0\.2 s.*超时/],
    ['hangs up', (s: Socket) => s.end('{"publicKey'), /hung up without an answer/],
    ['says no JSON', (s: Socket) => s.write('key\n'), /no line of JSON/],
    ['says null', (s: Socket) => s.write('null\n'), /no line of JSON/],
    ['refuses', (s: Socket) => say(s, { error: 'session closed' }), /refuses: session closed.*拒绝/],
    ['names no key', (s: Socket) => say(s, { key: 'x' }), /has no publicKey/],
    ['has another kind of key', (s: Socket) => say(s, { publicKey: base64(new Uint8Array(33)) }), /is none of/],
    ['never ends', (s: Socket) => s.write('x'.repeat(70_000)), /too long/],
  ])('that %s is said in words', async (_, serve, words) => {
    if (serve) await listen((_, socket) => void serve(socket))
    expect(await refusal(200)).toMatch(words)
  })
})

function otherSm2(): Uint8Array {
  return crypto.newSm2Key().publicKey
}
