import { createPublicKey, verify } from 'node:crypto'
import {
  type CheckSignature,
  type ProofCrypto,
  Refusal,
  type SignBytes,
  SM2_USER_ID,
  selfTest,
  sm2FromLibrary,
  testSigner,
  testSm2,
} from '@yuanliu/core'
import { sm2 } from 'sm-crypto-v2'
import { pieceHashes } from './many-hashes.ts'
import { nodeHashes } from './node-hashes.ts'
import { checkSm2, newSm2Key, signSm2, sm2PrivateKey } from './sm2-node.ts'

/** What the server computes proofs with, and signs SM2 with. */
export interface NodeCrypto extends ProofCrypto {
  /** whose SM2 it is: OpenSSL's inside Node, or the library's where that fails its test */
  sm2By: 'node' | 'sm-crypto-v2'
  signSm2(secret: Uint8Array, publicKey: Uint8Array): SignBytes
  newSm2Key(): { secret: Uint8Array; publicKey: Uint8Array }
}

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

const checkEd25519: CheckSignature = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey]), format: 'der', type: 'spki' })
  return verify(null, message, key, signature)
}

/** The part of `sm-crypto-v2` that signs, with every option stated: its defaults are not SM2 as the standard has it. */
function signByLibrary(secret: Uint8Array, publicKey: Uint8Array): SignBytes {
  const privateKey = Buffer.from(secret).toString('hex')
  const options = { hash: true, der: false, publicKey: Buffer.from(publicKey).toString('hex'), userId: SM2_USER_ID }
  return message => new Uint8Array(Buffer.from(sm2.doSignature(message, privateKey, options), 'hex'))
}

function newKeyByLibrary(): { secret: Uint8Array; publicKey: Uint8Array } {
  // Without an argument: with any the library takes it for the private key itself.
  const { privateKey, publicKey } = sm2.generateKeyPairHex()
  return { secret: Buffer.from(privateKey, 'hex'), publicKey: Buffer.from(publicKey, 'hex') }
}

/** Tested once in a process, by whose SM2 was asked for. */
const tested = new Map<NodeCrypto['sm2By'] | undefined, Promise<NodeCrypto>>()

/**
 * Gives the cryptography of this process, which was tested. SM2 is Node's own where it agrees with the standard's example
 * and with the library both ways, else the library's; `sm2By` asks for one of them.
 * @throws Refusal `self-test`, with the name of the first test that fails
 */
export function nodeCrypto(sm2By?: NodeCrypto['sm2By']): Promise<NodeCrypto> {
  const known = tested.get(sm2By) ?? testedCrypto(sm2By)
  tested.set(sm2By, known)
  return known
}

async function testedCrypto(sm2By?: NodeCrypto['sm2By']): Promise<NodeCrypto> {
  const byNode = sm2By === undefined ? await isStandardSm2() : sm2By === 'node'
  const crypto: NodeCrypto = {
    hashes: nodeHashes,
    pieces: pieceHashes,
    checks: { ed25519: checkEd25519, sm2: byNode ? checkSm2 : sm2FromLibrary(sm2) },
    sm2By: byNode ? 'node' : 'sm-crypto-v2',
    signSm2: byNode ? (secret, publicKey) => signSm2(sm2PrivateKey(secret, publicKey), publicKey) : signByLibrary,
    newSm2Key: byNode ? newSm2Key : newKeyByLibrary,
  }
  await selfTest(crypto)
  return crypto
}

/** Whether Node's SM2 is that of the standard: it may be missing, or be ECDSA over the SM2 curve. */
async function isStandardSm2(): Promise<boolean> {
  // Published in GB/T 32918.5-2017, appendix A.
  const secret = Buffer.from('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8', 'hex')
  const publicKey = Buffer.from(sm2.getPublicKeyFromPrivateKey(secret.toString('hex')), 'hex')
  const library = sm2FromLibrary(sm2)
  try {
    await testSm2(checkSm2)
    await testSigner(publicKey, signSm2(sm2PrivateKey(secret, publicKey), publicKey), library)
    await testSigner(publicKey, signByLibrary(secret, publicKey), checkSm2)
    return true
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error
    if (error instanceof Refusal || isMissing) return false
    throw error
  }
}
