import type { SuiteId } from '@yuanliu/core'
import type { Log } from './log.ts'
import { readTrees } from './store.ts'
import { type LogSuite, suiteNumber } from './suites.ts'

/** Prefix under which a suite's checkpoint and tiles are served. */
export function urlOf(log: Log, suite: LogSuite): string {
  return `${log.parts.config.publicUrl}${suite.prefix}`
}

/** The verifier key of a suite, as the database has it; null before the log has begun. */
export async function verifierKeyOf(log: Log, suite: SuiteId): Promise<string | null> {
  const trees = await readTrees(log.parts.db)
  return trees.find(t => t.suite === suiteNumber(suite))?.key ?? null
}

/**
 * The policy (C2SP tlog-policy) that the platform offers for a suite; null before the log has begun.
 * @param isMet false: for a checkpoint that too few witnesses have cosigned so far, none is asked for
 */
export async function policyText(log: Log, suite: LogSuite, isMet = true): Promise<string | null> {
  const key = await verifierKeyOf(log, suite.id)
  const asked = log.policies.get(suite.id)?.lines ?? ['quorum none']
  const lines = isMet ? asked : asked.map(line => (/^quorum\s/.test(line) ? 'quorum none' : line))
  if (!key) return null
  // Who takes this policy now still believes the log when the next key has taken the place of this one.
  const keys = [key, log.nextKey(suite.id)].filter(one => one !== undefined)
  return `${[...keys.map(one => `log ${one} ${urlOf(log, suite)}`), ...lines].join('\n')}\n`
}
