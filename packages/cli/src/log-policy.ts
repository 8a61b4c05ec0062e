import { readFileSync } from 'node:fs'
import {
  believeCheckpoint,
  type Checkpoint,
  type Policy,
  type ProofCrypto,
  parsePolicy,
  Refusal,
  type VerifierKey,
} from '@yuanliu/core'
import { Failure } from './failure.ts'
import { print, type Shell, say } from './shell.ts'

/** The policy of a file. @throws Failure in words */
export function readPolicy(shell: Shell, file: string): Policy {
  try {
    return parsePolicy(readFileSync(file, 'utf8'))
  } catch (error) {
    const words = error instanceof Refusal ? error.words[shell.language] : (error as Error).message
    throw new Failure('logPolicyFile', { file, words })
  }
}

/** Keys that a policy believes for its logs. */
export function keysOf(policy: Policy): VerifierKey[] {
  return policy.logs.map(log => log.key)
}

/**
 * Whether a checkpoint meets a policy; says so, or why not.
 * @param note the checkpoint with its cosignatures; null: none was offered
 * @returns the checkpoint, which the log must continue; null where the policy is not met
 */
export async function meetsPolicy(
  shell: Shell,
  note: Uint8Array | null,
  policy: Policy,
  crypto: ProofCrypto,
): Promise<Checkpoint | null> {
  const bad = (words: string) => {
    print(shell.stdout, say(shell, 'logFinding', { at: 'checkpoint', words }))
    return null
  }
  if (!note) return bad(say(shell, 'logNotCosigned'))
  try {
    const { checkpoint, cosigners } = await believeCheckpoint(note, policy, crypto)
    const witnesses = cosigners.map(c => `${c.name} (${new Date(Number(c.time) * 1000).toISOString()})`).join(', ')
    const { origin, size } = checkpoint
    print(shell.stdout, say(shell, 'logCosigned', { origin, size: String(size), witnesses: witnesses || '–' }))
    return checkpoint
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return bad(error.words[shell.language])
  }
}
