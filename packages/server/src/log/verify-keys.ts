import {
  type Finding,
  formatVerifierKey,
  parseVerifierKey,
  Refusal,
  type SuiteId,
  suiteOf,
  type VerifierKey,
} from '@yuanliu/core'
import { told } from './remembered.ts'
import type { TreeRow } from './store.ts'
import { suiteOf as suiteNumbered } from './suites.ts'

/** Where the key came from that a log was verified by: whoever asked, the settings, or the database that is verified. */
export type KeyFrom = 'given' | 'settings' | 'database'

/** Keys from outside of the database. */
export interface KeySources {
  /** verifier key of a suite, as the operator has it; null: the database's own is believed */
  key: (suite: SuiteId) => string | null
  /** further keys of the same logs, as of a change of keys under way */
  further?: (suite: SuiteId) => readonly VerifierKey[]
  /** keys that whoever asks believes, instead of those: of either suite, of several logs, before and after a change */
  given?: readonly VerifierKey[]
}

/** Keys that a log is verified by. */
export interface Believed {
  /** null: the database has none that can be read, and nobody else gave one */
  key: VerifierKey | null
  /** all that may have signed checkpoints of this log */
  keys: VerifierKey[]
  from: KeyFrom
  findings: Finding[]
}

/** Which keys a log is verified by, and what differs from them in the database. */
export function believedKeys(tree: TreeRow, trees: readonly TreeRow[], sources: KeySources): Believed {
  const id = suiteNumbered(tree.suite)
  const given = distinct(sources.given ?? []).filter(key => key.algorithm.cosignatureHeader === null)
  const own = given.filter(key => suiteOf(key) === id)
  if (own.length) {
    const key =
      own.find(k => formatVerifierKey(k) === tree.key) ??
      own.find(k => k.name === tree.origin) ??
      (own[0] as VerifierKey)
    return { key, keys: own.filter(k => k.name === key.name), from: 'given', findings: differing(tree, key) }
  }
  const text = sources.key(id)
  const findings: Finding[] = []
  // Keys of one suite vouch for the entries, which all logs share; keys that fit no log at all vouch for nothing.
  if (sources.given && !given.some(key => trees.some(t => suiteNumbered(t.suite) === suiteOf(key))))
    findings.push(
      told(
        'checkpoint',
        `所给密钥中没有此日志的：${tree.key}`,
        `None of the keys that were given is of this log, which has ${tree.key}`,
      ),
    )
  const key = readKey(text ?? tree.key, id)
  if (!key) {
    findings.push(
      told(`log_tree ${id}`, `验证密钥无法读取：${tree.key}`, `The verifier key cannot be read: ${tree.key}`),
    )
    return { key: null, keys: [], from: 'database', findings }
  }
  const further = (sources.further?.(id) ?? []).filter(k => k.name === key.name)
  findings.push(...differing(tree, key))
  return { key, keys: distinct([key, ...further]), from: text === null ? 'database' : 'settings', findings }
}

/** What the row of a tree says otherwise than the key that is believed. */
function differing(tree: TreeRow, key: VerifierKey): Finding[] {
  const findings: Finding[] = []
  if (tree.key !== formatVerifierKey(key))
    findings.push(
      told('checkpoint', `数据库中的验证密钥是 ${tree.key}`, `The database has another verifier key: ${tree.key}`),
    )
  if (tree.origin !== key.name)
    findings.push(
      told(
        `log_tree ${suiteNumbered(tree.suite)}`,
        `此处写日志 ${tree.origin}，密钥属于 ${key.name}`,
        `It says the log ${tree.origin}, the key is of ${key.name}`,
      ),
    )
  return findings
}

/** A note does not open where a key is known twice. */
function distinct(keys: readonly VerifierKey[]): VerifierKey[] {
  return [...new Map(keys.map(key => [formatVerifierKey(key), key])).values()]
}

/** A key that signs logs of a suite; null for any other text. */
function readKey(text: string, suite: SuiteId): VerifierKey | null {
  try {
    const key = parseVerifierKey(text)
    return key.algorithm.cosignatureHeader === null && suiteOf(key) === suite ? key : null
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
