// What WebCrypto may lack: Ed25519 in older browsers and on pages without TLS, SM2 everywhere. Loaded when it is needed.
import { ed25519 as curve } from '@noble/curves/ed25519'

export { sm2 } from 'sm-crypto-v2'

export function ed25519(publicKey, message, signature) {
  try {
    // RFC 8032 as it is written, as WebCrypto has it
    return curve.verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false // a key or a signature that is malformed
  }
}
