import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  listSigningKeys,
  parseVerifierKey,
  registerSigningKey,
  revokeSigningKey,
  type SigningKeyRecord,
  type SubjectKind,
  type SuiteId,
} from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { Failure } from './failure.ts'
import { print, printJson, type Shell, say } from './shell.ts'

const passphraseOf = ({ env }: Shell) => env.SIGNING_KEY_PASSPHRASE || undefined
const server = () => import('@yuanliu/server/signing')

/** Makes a key file; the verifier key alone on stdout. @throws Error in words */
export async function makeSigningKey(
  shell: Shell,
  file: string,
  { name, suite = 'sha256-ed25519' }: { name: string; suite?: SuiteId },
): Promise<number> {
  const path = resolve(file)
  const { makeSubjectKey } = await server()
  const key = await makeSubjectKey(path, name, suite, passphraseOf(shell))
  print(shell.stderr, say(shell, 'signingKeyMade', { path }))
  print(shell.stdout, key)
  return 0
}

export interface RegisterOptions {
  kind?: SubjectKind
  label?: string
  from?: string
  until?: string
  /** the request is printed, not sent */
  print?: boolean
}

/** Registers the key of a file for the organisation after which it is named. @throws RemoteProblem, Failure, Error in words */
export async function registerKey(shell: Shell, file: string, options: RegisterOptions): Promise<number> {
  const { registrationOf } = await server()
  const organisation = parseVerifierKey(await publicKeyIn(file)).name.replace(/\/.*$/s, '')
  const { kind, label, from, until } = options
  const body = {
    ...(await registrationOf(resolve(file), organisation, passphraseOf(shell))),
    ...(kind !== undefined && { kind }),
    ...(label !== undefined && { label }),
    ...(from !== undefined && { validFrom: from }),
    ...(until !== undefined && { validUntil: until }),
  }
  if (options.print) {
    printJson(shell.stdout, body)
    return 0
  }
  const made = await withKeyHint(shell, () =>
    connect(shell).call(registerSigningKey, { params: { organisation }, body }),
  )
  print(shell.stderr, say(shell, 'signingKeyRegistered', { organisation, ...valuesOf(shell, made) }))
  return 0
}

/** Lists the keys of an organisation. @throws RemoteProblem, Failure */
export async function listKeysOf(shell: Shell, organisation: string): Promise<number> {
  const { keys } = await withKeyHint(shell, () => connect(shell).call(listSigningKeys, { params: { organisation } }))
  if (!keys.length) print(shell.stderr, say(shell, 'signingKeyNone'))
  for (const key of keys) print(shell.stdout, say(shell, 'signingKeyLine', valuesOf(shell, key)).trimEnd())
  return 0
}

/** Revokes a key. @throws RemoteProblem, Failure */
export async function revokeKeyOf(shell: Shell, organisation: string, id: string): Promise<number> {
  const key = await withKeyHint(shell, () => connect(shell).call(revokeSigningKey, { params: { organisation, id } }))
  const values = { organisation, id, time: key.revoked ?? '', position: key.revokedAt ?? '' }
  print(shell.stderr, say(shell, 'signingKeyRevoked', values))
  return 0
}

/** Signs the events of a file. @throws Problem, Refusal, Error in words, Failure where a file cannot be read */
export async function signEventsOf(
  shell: Shell,
  file: string,
  options: { key: string; out?: string },
): Promise<number> {
  const { signFile } = await server()
  const passphrase = passphraseOf(shell)
  const { note, events, key } = await signFile(await bytesOf(file), resolve(options.key), {
    ...(passphrase !== undefined && { passphrase }),
    schemes: shell.env.SCHEMES_DIR || null,
    time: BigInt(Math.floor(Date.now() / 1000)),
  })
  const path = options.out ?? signaturePath(file)
  if (path === '-') shell.stdout.write(note)
  else {
    await writeFile(path, note)
    print(shell.stderr, say(shell, 'signed', { events, key: key.replace(/\+[^+]*$/s, ''), path }))
  }
  return 0
}

/** Where the signature of a file lies. */
export function signaturePath(file: string): string {
  return `${file}.sig`
}

/** The signature that lies beside a file; null where there is none. @throws Failure where it cannot be read */
export async function signatureBeside(file: string): Promise<string | null> {
  try {
    return await readFile(signaturePath(file), 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOENT') return null
    throw new Failure('unreadable', { path: signaturePath(file), code })
  }
}

async function publicKeyIn(file: string): Promise<string> {
  try {
    return String((JSON.parse((await bytesOf(file)).toString('utf8')) as { key?: unknown } | null)?.key)
  } catch (error) {
    if (error instanceof SyntaxError) return '' // what is wrong with the file is said where it is read as a key
    throw error
  }
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    throw code === 'ENOENT' ? new Failure('noSuchPath', { path }) : new Failure('unreadable', { path, code })
  }
}

function valuesOf(shell: Shell, key: SigningKeyRecord) {
  const { keyId: id, kind, suite, label, validFrom: from, validUntil, revoked } = key
  const state = revoked === null ? say(shell, 'signingKeyInForce') : say(shell, 'signingKeyGone', { time: revoked })
  return { id, kind, suite, label, from, until: validUntil ?? say(shell, 'never'), state }
}
