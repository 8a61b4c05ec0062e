import { readFileSync } from 'node:fs'
import {
  type NoteVerifier,
  noteVerifier,
  type Policy,
  type ProofCrypto,
  parsePolicy,
  type SuiteId,
  suiteOf,
  type VerifierKey,
} from '@yuanliu/core'

/** A witness that is asked to cosign. */
export interface AskedWitness {
  /** name and key id: what tells it from others */
  id: string
  /** as the policy file calls it */
  name: string
  key: VerifierKey
  verifier: NoteVerifier
  /** prefix of its addresses, without a slash at the end */
  url: string
}

/** Which witnesses cosign a tree, and how many are needed. */
export interface LogPolicy {
  policy: Policy
  /** those of the policy that can be asked */
  witnesses: AskedWitness[]
  /** witness, group and quorum lines as the file has them: the policy that is offered to whoever verifies this log */
  lines: string[]
}

/**
 * Reads a policy file (C2SP tlog-policy) for the log's own use. `log` lines say nothing here: the log knows its key.
 * @throws in words where it cannot be used
 */
export function readLogPolicy(path: string, suite: SuiteId, crypto: ProofCrypto): LogPolicy {
  const setting = suite === 'sm3-sm2' ? 'LOG_SM_POLICY' : 'LOG_POLICY'
  const wrong = (en: string, zh: string, cause?: unknown) => new Error(`${setting}=${path}: ${en} ${zh}`, { cause })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw wrong('cannot be read', '无法读取', error)
  }
  let policy: Policy
  try {
    policy = parsePolicy(text)
  } catch (error) {
    throw wrong((error as Error).message, '策略文件有误', error)
  }
  const witnesses: AskedWitness[] = []
  for (const { name, key, url } of policy.witnesses) {
    if (suiteOf(key) !== suite) throw wrong(`${name}: its key is not one for ${suite}`, '见证密钥与套件不符')
    if (url !== null && !/^https?:\/\/[^\s?#]+$/.test(url))
      throw wrong(`${name}: ${url} is no http(s) address`, '网址有误')
    // A key whose algorithm is read but not checked cannot be counted, so it is not asked.
    if (url === null || key.algorithm.scheme === 'ml-dsa-44') continue
    const verifier = noteVerifier(key, crypto.checks)
    witnesses.push({ id: `${key.name}+${key.keyId}`, name, key, verifier, url: url.replace(/\/+$/, '') })
  }
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => /^(witness|group|quorum)\s/.test(line))
  return { policy, witnesses, lines }
}
