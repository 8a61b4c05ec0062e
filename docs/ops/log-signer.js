// The other side of LOG_SIGNER (docs/ops/log.md), as an example: it signs with key files that `yuanliu log key` made
// without a passphrase. Who writes one for a hardware module or a signature server puts its two calls into `signers`.
//
//   node docs/ops/log-signer.js /run/yuanliu/signer.sock ./log-key ./log-sm-key

import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { sm2 } from 'sm-crypto-v2'

const [socketPath, ...keyFiles] = process.argv.slice(2)
const keys = keyFiles.map(path => {
  const { key, secret } = JSON.parse(readFileSync(path, 'utf8'))
  const body = Buffer.from(key.split('+').slice(2).join('+'), 'base64')
  const algorithm = body[0] === 1 ? 'ed25519' : 'sm2'
  return { algorithm, publicKey: body.subarray(algorithm === 'sm2' ? -65 : -32), secret: Buffer.from(secret, 'base64') }
})

const signers = {
  ed25519(secret, { message }) {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    return sign(null, Buffer.from(message, 'base64'), key)
  },
  sm2(secret, { digest }) {
    const options = { hash: false, der: false }
    return Buffer.from(sm2.doSignature(Buffer.from(digest, 'base64'), secret.toString('hex'), options), 'hex')
  },
}

function answer(question) {
  const key = keys.find(k => k.algorithm === question.algorithm)
  if (!key) return { error: `no key for ${question.algorithm}` }
  if (question.op === 'public-key') return { publicKey: key.publicKey.toString('base64') }
  if (question.op === 'sign') return { signature: signers[key.algorithm](key.secret, question).toString('base64') }
  return { error: `unknown: ${question.op}` }
}

rmSync(socketPath, { force: true })
process.umask(0o117) // the owner and the group may ask for signatures, nobody else
createServer(socket => {
  socket.on('error', () => {})
  createInterface({ input: socket }).on('line', line => socket.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`))
}).listen(socketPath, () => console.log(`signing at ${socketPath}`))
