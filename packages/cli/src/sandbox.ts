import { closeSandbox, getSandbox, openSandbox, resetSandbox, type Sandbox } from '@yuanliu/core'
import { type Command, Option } from 'commander'
import { connect, withKeyHint } from './connection.ts'
import type { Message } from './messages.ts'
import { print, type Shell, say } from './shell.ts'

export interface OpenOptions {
  label?: string
  /** ISO 8601 instant */
  expires?: string
  /** captures of the key take what they can make sense of */
  lenient?: boolean
}

/** Opens a sandbox: the text of its key alone on stdout, once. @throws RemoteProblem, Failure */
export async function openSandboxCommand(shell: Shell, code: string, options: OpenOptions): Promise<number> {
  const { label, expires, lenient } = options
  const made = await withKeyHint(shell, () =>
    connect(shell).call(openSandbox, {
      params: { code },
      body: {
        ...(label !== undefined && { label }),
        ...(expires !== undefined && { expires }),
        ...(lenient && { capture: 'lenient' as const }),
      },
    }),
  )
  print(shell.stdout, made.key)
  const { id } = made
  print(shell.stderr, say(shell, 'sandboxOpened', { id, code, expires: made.expires ?? say(shell, 'never') }))
  return 0
}

/** Says what a sandbox holds. @throws RemoteProblem, Failure */
export async function sandboxStatus(shell: Shell, code: string): Promise<number> {
  show(shell, await withKeyHint(shell, () => connect(shell).call(getSandbox, { params: { code } })))
  return 0
}

/** Empties a sandbox. @throws RemoteProblem, Failure */
export async function resetSandboxCommand(shell: Shell, code: string): Promise<number> {
  const state = await withKeyHint(shell, () => connect(shell).call(resetSandbox, { params: { code } }))
  print(shell.stderr, say(shell, 'sandboxWasReset', { code }))
  show(shell, state)
  return 0
}

/** Drops a sandbox with its keys. @throws RemoteProblem, Failure */
export async function closeSandboxCommand(shell: Shell, code: string): Promise<number> {
  const path = closeSandbox.path.replace(':code', encodeURIComponent(code))
  await withKeyHint(shell, () => connect(shell).request(path, { method: closeSandbox.method }))
  print(shell.stderr, say(shell, 'sandboxClosed', { code }))
  return 0
}

function show(shell: Shell, state: Sandbox): void {
  const mega = (bytes: number) => (bytes / 1_000_000).toFixed(1)
  const values = {
    code: state.organisation,
    events: state.events,
    mostEvents: state.limits.events,
    size: mega(state.bytes),
    mostSize: mega(state.limits.bytes),
    keys: state.keys.map(key => key.id).join(', ') || '–',
    created: state.created,
    reset: state.reset ?? say(shell, 'never'),
    lastUsed: state.lastUsed,
    expires: state.expires,
  }
  print(shell.stdout, say(shell, 'sandboxState', values))
}

/** Describes `sandbox open|status|reset|close`. @param command makes a command below another one, null: below the program */
export function sandboxCommands(
  shell: Shell,
  command: (parent: Command | null, name: string, about: Message) => Command,
  done: (code: number) => void,
): void {
  const takes = (flags: string, message: Message) => new Option(flags, say(shell, message))
  const sandbox = command(null, 'sandbox', 'sandboxAbout')
  const one = (name: string, about: Message) =>
    command(sandbox, name, about).argument('<organisation>', say(shell, 'keyOrganisation'))
  one('open', 'sandboxOpenAbout')
    .addOption(takes('--label <text>', 'keyLabel'))
    .addOption(takes('--expires <time>', 'keyExpires'))
    .addOption(takes('--lenient', 'keyLenient'))
    .action(async (code, options) => done(await openSandboxCommand(shell, code, options)))
  one('status', 'sandboxStatusAbout').action(async code => done(await sandboxStatus(shell, code)))
  one('reset', 'sandboxResetAbout').action(async code => done(await resetSandboxCommand(shell, code)))
  one('close', 'sandboxCloseAbout').action(async code => done(await closeSandboxCommand(shell, code)))
}
