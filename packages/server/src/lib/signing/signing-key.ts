import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import {
  formatVerifierKey,
  type KeyAlgorithm,
  type NoteSigner,
  noteSigner,
  parseVerifierKey,
  Refusal,
  type SignBytes,
  testSigner,
  type VerifierKey,
  verifierKey,
} from '@yuanliu/core'
import { createKeyFile } from '../key-file.ts'
import type { NodeCrypto } from './node-crypto.ts'
import { type SealCipher, type Sealed, seal, unseal } from './seal.ts'

/** Keys that sign for a log or a witness, and the files that keep them (docs/adr/0012). */

/** What signs, wherever its secret is: in this process, a signing process, a hardware module. */
export interface SigningKey {
  key: VerifierKey
  /** 64 bytes over a message */
  sign: SignBytes
}

/** A key file: JSON, in clear (`secret`) or sealed under a passphrase. */
interface KeyFile {
  type: 'yuanliu signing key'
  version: 1
  /** the verifier key, as others get it */
  key: string
  secret?: string
  sealed?: Sealed
}

/** A signer of notes by a key; `time` in POSIX seconds, for cosigners. */
export function signerOf({ key, sign }: SigningKey, time?: () => bigint): NoteSigner {
  return noteSigner(key, sign, time)
}

/**
 * Makes a key and writes its file, readable by its owner only.
 * @throws an error in words if there is a file already: a key is never written over
 */
export function createSigningKey(
  path: string,
  name: string,
  algorithm: KeyAlgorithm,
  crypto: NodeCrypto,
  lock?: { passphrase: string; cipher: SealCipher },
): VerifierKey {
  if (existsSync(path)) throw exists(path)
  const { secret, publicKey } = algorithm.scheme === 'sm2' ? crypto.newSm2Key() : newEd25519Key()
  const key = verifierKey(name, algorithm, publicKey)
  const file: KeyFile = { type: 'yuanliu signing key', version: 1, key: formatVerifierKey(key) }
  if (lock === undefined) file.secret = Buffer.from(secret).toString('base64')
  else file.sealed = seal(secret, lock.passphrase, file.key, lock.cipher)
  if (!createKeyFile(path, JSON.stringify(file, null, 2))) throw exists(path)
  return key
}

/**
 * Reads a key file and tries the key once.
 * @throws an error in words: what is wrong with which file, and what to do
 */
export async function readSigningKey(path: string, crypto: NodeCrypto, passphrase?: string): Promise<SigningKey> {
  const loose = process.platform === 'win32' ? 0 : statSync(path).mode & 0o077
  if (loose !== 0) throw wrong(path, 'others may read it: chmod 600', '其他用户可读，请执行 chmod 600')
  const file = parse(path, readFileSync(path, 'utf8'))
  const key = keyOf(path, file.key)
  const secret = secretOf(path, file, passphrase)
  if (secret.length !== 32) throw wrong(path, 'the secret has not 32 bytes', '私钥长度不是 32 字节')
  try {
    const sign = signWith(key, secret, crypto)
    const check = key.algorithm.scheme === 'ml-dsa-44' ? undefined : crypto.checks[key.algorithm.scheme]
    if (check === undefined) throw new Refusal('algorithm-unavailable', key.algorithm.id)
    await testSigner(key.publicKey, sign, check)
    return { key, sign }
  } catch (error) {
    throw wrong(path, 'the secret is not that of the public key in it', '私钥与其中的公钥不符', error)
  }
}

function newEd25519Key(): { secret: Uint8Array; publicKey: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const last32 = (der: Buffer) => new Uint8Array(der.subarray(-32))
  return {
    secret: last32(privateKey.export({ format: 'der', type: 'pkcs8' })),
    publicKey: last32(publicKey.export({ format: 'der', type: 'spki' })),
  }
}

function signWith(key: VerifierKey, secret: Uint8Array, crypto: NodeCrypto): SignBytes {
  if (key.algorithm.scheme === 'sm2') return crypto.signSm2(secret, key.publicKey)
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
  const privateKey: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const own = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
  if (!own.equals(key.publicKey)) throw new Refusal('self-test', 'the signing key')
  return message => new Uint8Array(sign(null, message, privateKey))
}

function parse(path: string, text: string): KeyFile {
  let file: Partial<KeyFile> | null
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw wrong(path, 'it is not JSON', '不是 JSON', error)
  }
  if (file?.type !== 'yuanliu signing key' || file.version !== 1 || typeof file.key !== 'string')
    throw wrong(path, 'it is no signing key of version 1', '不是版本 1 的签名密钥文件')
  return file as KeyFile
}

function keyOf(path: string, text: string): VerifierKey {
  try {
    return parseVerifierKey(text)
  } catch (error) {
    throw wrong(path, `its verifier key is wrong (${(error as Error).message})`, '其中的验证密钥有误', error)
  }
}

function secretOf(path: string, { key, secret, sealed }: KeyFile, passphrase: string | undefined): Uint8Array {
  if (sealed === undefined || sealed === null) return new Uint8Array(Buffer.from(String(secret ?? ''), 'base64'))
  if (passphrase === undefined) throw wrong(path, 'it is sealed: give the passphrase', '已加密，请提供口令')
  const opened = unseal(sealed, passphrase, key)
  if (opened === null) throw wrong(path, 'the passphrase is wrong, or the file was altered', '口令错误或文件被改动')
  return opened
}

function exists(path: string): Error {
  return new Error(`${path} exists already: a signing key is never written over. 签名密钥文件已存在，不会覆盖。`)
}

function wrong(path: string, en: string, zh: string, cause?: unknown): Error {
  return new Error(`Signing key ${path}: ${en}. 签名密钥文件：${zh}。`, cause === undefined ? undefined : { cause })
}
