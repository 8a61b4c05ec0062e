import { type KeyAlgorithm, parseVerifierKey, type VerifierKey } from './key.ts'
import { Refusal } from './refusal.ts'

/** Policies (C2SP tlog-policy): which logs are believed, which witnesses count, how many of them must have cosigned. */
export interface Policy {
  logs: { key: VerifierKey; url: string | null }[]
  witnesses: { name: string; key: VerifierKey; url: string | null }[]
  /** null: no witness is asked for */
  quorum: Quorum | null
}
export type Quorum = { witness: VerifierKey } | { atLeast: number; of: Quorum[] }

const MAX_BYTES = 1_000_000

/** Reads a policy file. Empty lines and lines that begin with `#` say nothing. */
export function parsePolicy(text: string, algorithms?: KeyAlgorithm[]): Policy {
  if (text.length > MAX_BYTES) throw new Refusal('too-large', `${text.length} characters`)
  const policy: Policy = { logs: [], witnesses: [], quorum: null }
  /** witnesses and groups that no group has as a member yet, and all names */
  const known = new Map<string, Quorum>()
  const taken = new Set<string>()
  let quorums = 0
  const readers = new Map([
    ['log', readLog],
    ['witness', readWitness],
    ['group', readGroup],
    ['quorum', readQuorum],
  ])

  text.split('\n').forEach((line, i) => {
    const at = `line ${i + 1}`
    const [word, ...rest] = line.split(/[ \t\r]+/).filter(part => part !== '')
    if (word === undefined || word.startsWith('#')) return
    const read = readers.get(word)
    if (read === undefined) throw new Refusal('policy-shape', `${at}: ${word.slice(0, 80)}`)
    read(rest, at)
  })
  if (quorums !== 1) throw new Refusal('policy-shape', `${quorums} quorum lines instead of 1`)
  return policy

  function readLog([key, url, ...more]: string[], at: string): void {
    if (key === undefined || more.length > 0) throw new Refusal('policy-shape', at)
    policy.logs.push({ key: parseVerifierKey(key, algorithms), url: url ?? null })
  }

  function readWitness([name, key, url, ...more]: string[], at: string): void {
    if (name === undefined || key === undefined || more.length > 0) throw new Refusal('policy-shape', at)
    const witness = parseVerifierKey(key, algorithms)
    if (witness.algorithm.cosignatureHeader === null) throw new Refusal('policy-shape', `${at}: no cosigner's key`)
    if (policy.witnesses.some(w => isSameKey(w.key, witness))) throw new Refusal('policy-shape', `${at}: key twice`)
    define(name, { witness }, at)
    policy.witnesses.push({ name, key: witness, url: url ?? null })
  }

  function readGroup([name, many, ...members]: string[], at: string): void {
    if (name === undefined || many === undefined || members.length === 0) throw new Refusal('policy-shape', at)
    const atLeast = many === 'all' ? members.length : many === 'any' ? 1 : countOf(many, at)
    if (atLeast < 1 || atLeast > members.length)
      throw new Refusal('policy-shape', `${at}: ${many} of ${members.length} members`)
    define(name, { atLeast, of: members.map(member => take(member, at)) }, at)
  }

  function readQuorum([name, ...more]: string[], at: string): void {
    if (name === undefined || more.length > 0) throw new Refusal('policy-shape', at)
    quorums++
    if (name === 'none') return
    const quorum = known.get(name)
    if (quorum === undefined) throw new Refusal('policy-shape', `${at}: ${name} is not defined above`)
    policy.quorum = quorum
  }

  function define(name: string, quorum: Quorum, at: string): void {
    if (name === 'none' || taken.has(name)) throw new Refusal('policy-shape', `${at}: the name ${name} is taken`)
    taken.add(name)
    known.set(name, quorum)
  }

  /** A member, which may be in one group only: else one witness could count twice. */
  function take(name: string, at: string): Quorum {
    const quorum = known.get(name)
    if (quorum === undefined)
      throw new Refusal(
        'policy-shape',
        `${at}: ${name} is ${taken.has(name) ? 'in a group already' : 'not defined above'}`,
      )
    known.delete(name)
    return quorum
  }
}

/** Whether the cosigners that have been verified are enough. */
export function isQuorum(quorum: Quorum | null, cosigners: { name: string; keyId: string }[]): boolean {
  if (quorum === null) return true
  if ('witness' in quorum) return cosigners.some(c => isSameKey(c, quorum.witness))
  return quorum.of.filter(member => isQuorum(member, cosigners)).length >= quorum.atLeast
}

function isSameKey(a: { name: string; keyId: string }, b: { name: string; keyId: string }): boolean {
  return a.name === b.name && a.keyId === b.keyId
}

function countOf(text: string, at: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Refusal('policy-shape', `${at}: ${text.slice(0, 80)}`)
  return Number(text)
}
