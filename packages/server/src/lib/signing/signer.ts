import { createConnection } from 'node:net'
import {
  isSm2PublicKey,
  type KeyAlgorithm,
  Refusal,
  type SignBytes,
  sm2Digest,
  testSigner,
  type VerifierKey,
  verifierKey,
} from '@yuanliu/core'
import type { NodeCrypto } from './node-crypto.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Keys whose secret another process has: a hardware module, a signature server. It is asked over a Unix socket, a line of JSON
 * each way and a connection for each question, so that no answer can be taken for that of another (docs/adr/0028,
 * docs/ops/log.md). Nothing that it says is believed but what verifies.
 */

/** The signer does not sign now: it is away, refuses, or what it gives does not verify. */
export class SignerFailed extends Error {}

/** For so long an answer is waited for, in milliseconds. */
const LIMIT = 5_000
/** Characters of an answer. */
const CHARACTERS = 64 * 1024

/**
 * Opens the key of a signer: asks for its public key and has it sign once.
 * @param path of its Unix socket
 * @param name that the key has in notes
 * @throws SignerFailed in words
 */
export async function openSigner(
  path: string,
  name: string,
  algorithm: KeyAlgorithm,
  crypto: NodeCrypto,
  limit = LIMIT,
): Promise<SigningKey> {
  const { scheme } = algorithm
  const check = scheme === 'ml-dsa-44' ? undefined : crypto.checks[scheme]
  if (check === undefined) throw new Refusal('algorithm-unavailable', algorithm.id)
  const publicKey = bytesIn(path, await ask(path, { op: 'public-key', algorithm: scheme }, limit), 'publicKey')
  if (publicKey.length !== algorithm.keyLength || (scheme === 'sm2' && !isSm2PublicKey(publicKey)))
    throw failed(path, `its public key is none of ${scheme}`, `公钥不是 ${scheme} 公钥`)
  const key = verifierKey(name, algorithm, publicKey)
  const sign: SignBytes = async message => {
    const answer = await ask(path, { op: 'sign', algorithm: scheme, ...toSign(key, message, crypto) }, limit)
    const signature = bytesIn(path, answer, 'signature')
    if (!(await check(publicKey, message, signature)))
      throw failed(
        path,
        'its signature does not verify with the public key that it named at the start; has it another key now?',
        '签名未能用其公钥验证',
      )
    return signature
  }
  await testSigner(publicKey, sign, check)
  return { key, sign }
}

/** What is sent to be signed. SM2 modules sign e = SM3(Z ‖ message), Ed25519 takes the message itself. */
function toSign({ algorithm, publicKey }: VerifierKey, message: Uint8Array, { hashes }: NodeCrypto) {
  const digest = algorithm.scheme === 'sm2' && { digest: base64(sm2Digest(hashes.sm3, publicKey, message)) }
  return { publicKey: base64(publicKey), message: base64(message), ...digest }
}

/** One question and its answer. @throws SignerFailed */
function ask(path: string, question: object, limit: number): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.setEncoding('utf8')
    let text = ''
    const timer = setTimeout(() => end(`no answer within ${limit / 1000} s`, '超时未答复'), limit)
    function end(en: string, zh: string): void {
      clearTimeout(timer)
      socket.destroy()
      reject(failed(path, en, zh))
    }
    socket.on('connect', () => socket.write(`${JSON.stringify(question)}\n`))
    socket.on('data', (piece: string) => {
      text += piece
      if (text.length > CHARACTERS) return end('its answer is too long', '答复过长')
      const line = text.indexOf('\n')
      if (line < 0) return
      const answer = objectIn(text.slice(0, line))
      if (answer === null) return end('its answer is no line of JSON with an object', '答复不是一行 JSON 对象')
      if (answer.error !== undefined) return end(`it refuses: ${String(answer.error).slice(0, 200)}`, '拒绝签名')
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => end(`cannot be reached (${error.code})`, '无法连接'))
    socket.on('close', () => end('it hung up without an answer', '未答复即断开'))
  })
}

function objectIn(line: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(line)
    return value && typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function bytesIn(path: string, answer: Record<string, unknown>, name: string): Uint8Array {
  const text = answer[name]
  if (typeof text !== 'string') throw failed(path, `its answer has no ${name}`, `答复缺少 ${name}`)
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function failed(path: string, en: string, zh: string): SignerFailed {
  return new SignerFailed(`The signer at unix:${path}: ${en}. 签名服务：${zh}。`)
}
