import { RemoteProblem, Unreachable } from '@yuanliu/core'
import type { Message } from './messages.ts'
import { print, type Shell, say, type Values } from './shell.ts'

/** What ends a command, in words that say what to do. */
export class Failure extends Error {
  readonly key: Message
  readonly values: Values

  constructor(key: Message, values: Values = {}, options?: ErrorOptions) {
    super(key, options)
    this.name = 'Failure'
    this.key = key
    this.values = values
  }
}

/** What went wrong in the shell's language, and the places that a problem document names. */
export function reasonsOf(shell: Shell, error: unknown): string[] {
  if (error instanceof Failure) return [say(shell, error.key, error.values)]
  if (error instanceof Unreachable) {
    const { url } = error
    return [say(shell, 'unreachable', { url, reason: error.message.slice(url.length + 2) })]
  }
  if (error instanceof RemoteProblem) {
    const { details } = error
    const errors = Array.isArray(details.errors) ? details.errors : []
    // The detail of a refused document repeats its first fault.
    const repeated = errors.some(e => details.detail?.includes(e.message))
    return [
      `${error.title} (${error.status})${details.detail && !repeated ? `: ${details.detail}` : ''}`,
      ...errors.map(({ pointer, message }) => `${pointer || '/'}: ${message}`),
    ]
  }
  return [error instanceof Error ? error.message : String(error)]
}

/** Prints why a command failed; always the exit code 1. */
export function report(shell: Shell, error: unknown): 1 {
  const [first = '', ...more] = reasonsOf(shell, error)
  print(shell.stderr, say(shell, 'failed', { reason: first }), ...more.map(line => `  ${line}`))
  return 1
}
