import { fromHex, hex, utf8 } from './bytes.ts'
import type { HashName } from './leaf.ts'
import { Refusal } from './refusal.ts'
import type { CheckSignature } from './signature.ts'
import { sm2Digest } from './sm2.ts'
import type { ProofCrypto } from './suite.ts'

/**
 * Known-answer tests, to be run once before anything is signed or believed: a library that was swapped, a platform
 * built without an algorithm or a signature scheme that quietly became another must stop the program, not sign.
 */

/** Hashes of `abc` and of 64 times `abcd`… (FIPS 180-4 examples; GB/T 32905-2016 appendix A). */
const HASHES: Record<HashName, [string, string][]> = {
  sha256: [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ],
  sm3: [
    ['', '1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b'],
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ],
}

interface Signed {
  publicKey: Uint8Array
  message: Uint8Array
  signature: Uint8Array
}

/** RFC 8032 §7.1, test 2. */
const ED25519: Signed = {
  publicKey: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  message: Uint8Array.of(0x72),
  signature: fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
}

/** GB/T 32918.5-2017 appendix A, with the default user id. */
const SM2: Signed & { digest: string } = {
  publicKey: fromHex(
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  ),
  message: utf8('message digest'),
  digest: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
  signature: fromHex(
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  ),
}

/** Runs every test that the environment has the algorithms for; refuses with the name of the first that fails. */
export async function selfTest({ hashes, checks }: ProofCrypto): Promise<void> {
  for (const name of ['sha256', 'sm3'] as const)
    for (const [message, digest] of HASHES[name])
      if (hex(hashes[name](utf8(message))) !== digest) throw new Refusal('self-test', name)
  if (hex(sm2Digest(hashes.sm3, SM2.publicKey, SM2.message)) !== SM2.digest)
    throw new Refusal('self-test', 'SM2 digest')
  if (checks.ed25519 !== undefined) await testCheck('Ed25519', checks.ed25519, ED25519)
  if (checks.sm2 !== undefined) await testSm2(checks.sm2)
}

/** The published SM2 signature must verify, altered ones and other spellings of it must not. */
export async function testSm2(check: CheckSignature): Promise<void> {
  await testCheck('SM2', check, SM2)
  const { publicKey, message, signature } = SM2
  const zero = new Uint8Array(32)
  const malformed = [
    new Uint8Array(64),
    Uint8Array.of(...signature.subarray(0, 32), ...zero),
    Uint8Array.of(...signature.subarray(0, 32), 0, ...signature.subarray(32)),
    signature.subarray(0, 63),
  ]
  for (const bytes of malformed) if (await check(publicKey, message, bytes)) throw new Refusal('self-test', 'SM2')
  // A check that forgot to hash would take the message for the digest.
  if (await check(publicKey, fromHex(SM2.digest), signature)) throw new Refusal('self-test', 'SM2 without Z')
}

async function testCheck(name: string, check: CheckSignature, known: Signed): Promise<void> {
  const { publicKey, message, signature } = known
  if (!(await check(publicKey, message, signature))) throw new Refusal('self-test', name)
  for (const at of [0, 31, 63]) {
    const altered = signature.slice()
    altered[at] = altered[at]! ^ 1
    if (await check(publicKey, message, altered)) throw new Refusal('self-test', `${name}: an altered signature`)
  }
  if (await check(publicKey, utf8('another message'), signature))
    throw new Refusal('self-test', `${name}: another text`)
}

/** A signer of checkpoints must make signatures that the check of its algorithm takes. */
export async function testSigner(
  publicKey: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  check: CheckSignature,
): Promise<void> {
  const message = utf8('yuanliu self-test\n')
  const signature = await sign(message)
  if (!(await check(publicKey, message, signature))) throw new Refusal('self-test', 'the signing key')
}
