import { createKey, isPermission, type Key, listKeys, PERMISSIONS, type Permission, revokeKey } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { Failure } from './failure.ts'
import { print, type Shell, say } from './shell.ts'

export interface KeyOptions {
  /** code of the organisation */
  organisation: string
  /** its name, where it is new */
  name?: string
  /** separated by commas */
  permissions: string
  /** ISO 8601 instant */
  expires?: string
  label?: string
  /** the key's captures take what they can make sense of */
  lenient?: boolean
}

/** Creates an access key: its text alone on stdout, once; everything else on stderr. @throws RemoteProblem, Failure */
export async function createKeyCommand(shell: Shell, options: KeyOptions): Promise<number> {
  const permissions = permissionsOf(options.permissions)
  const { organisation, name, expires, label, lenient } = options
  const made = await withKeyHint(shell, () =>
    connect(shell).call(createKey, {
      body: {
        organisation,
        permissions,
        ...(name !== undefined && { organisationName: name }),
        ...(expires !== undefined && { expires }),
        ...(label !== undefined && { label }),
        ...(lenient && { capture: 'lenient' as const }),
      },
    }),
  )
  print(shell.stdout, made.key)
  print(
    shell.stderr,
    say(shell, 'keyCreated', {
      id: made.id,
      organisation: made.organisation,
      permissions: made.permissions.join(', '),
      expires: made.expires ?? say(shell, 'never'),
    }),
  )
  return 0
}

/** Lists the keys; the list holds no text of a key. @throws RemoteProblem, Failure */
export async function listKeysCommand(shell: Shell): Promise<number> {
  const { keys } = await withKeyHint(shell, () => connect(shell).call(listKeys))
  if (!keys.length) print(shell.stderr, say(shell, 'keyNone'))
  for (const key of keys) {
    const { id, organisation, label, created } = key
    const permissions = key.permissions.join(',')
    const lastUsed = key.lastUsed ?? say(shell, 'never')
    const values = { id, organisation, permissions, label, created, lastUsed, state: stateOf(shell, key) }
    print(shell.stdout, say(shell, 'keyLine', values).trimEnd())
  }
  return 0
}

/** Revokes a key. @throws RemoteProblem (404 for an unknown id), Failure */
export async function revokeKeyCommand(shell: Shell, id: string): Promise<number> {
  const key = await withKeyHint(shell, () => connect(shell).call(revokeKey, { params: { id } }))
  print(shell.stderr, say(shell, 'keyRevoked', { id, organisation: key.organisation, revoked: key.revoked ?? '' }))
  return 0
}

function permissionsOf(text: string): Permission[] {
  const words = text
    .split(',')
    .map(word => word.trim())
    .filter(Boolean)
  const wrong = words.find(word => !isPermission(word))
  const all = PERMISSIONS.join(', ')
  if (wrong !== undefined || !words.length) throw new Failure('wrongPermission', { word: wrong ?? text, all })
  return [...new Set(words.filter(isPermission))]
}

function stateOf(shell: Shell, { revoked, expires }: Key): string {
  if (revoked !== null) return say(shell, 'keyGone', { time: revoked })
  if (expires === null) return say(shell, 'keyValid')
  return say(shell, Date.parse(expires) <= Date.now() ? 'keyExpired' : 'keyValidUntil', { time: expires })
}
