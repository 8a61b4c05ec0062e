import { setTimeout } from 'node:timers/promises'
import { cosignatureTime, isQuorum, openTiles, type ProofCrypto, type SuiteId } from '@yuanliu/core'
import type { Db } from '../../lib/db/db.ts'
import { countForks } from '../../lib/forks.ts'
import type { Metrics } from '../../lib/metrics.ts'
import type { Published } from '../publish.ts'
import { readTrees, type TreeRow } from '../store.ts'
import type { LogSuite } from '../suites.ts'
import { tileSource } from '../tiles.ts'
import { createAlarms } from './alarms.ts'
import type { AskedWitness, LogPolicy } from './policy.ts'
import { askToCosign, type Said } from './protocol.ts'
import * as store from './store.ts'

/** Asks the witnesses of the policy to cosign what is published, beside capturing and never in its way. */
export interface Cosigning {
  /** what /health says of it; null: no suite has a policy */
  health(): Promise<CosignHealth | null>
  /** How it stands with each witness of a suite. */
  witnesses(suite: LogSuite): Promise<(store.WitnessRow & { name: string; url: string })[]>
  /** Asks now whom it is time to ask; for tests, and for whoever cannot wait. */
  round(suite: SuiteId): Promise<void>
  start(): void
  stop(): Promise<void>
}

export interface CosignHealth {
  /** entries of the newest checkpoint that meets the policy, of the first suite with one */
  size: number
  /** witnesses that cannot be reached or refuse, with the reason */
  failing: Record<string, string>
  /** what a witness says cannot be: the log was rolled back, or has forked */
  alarms: { witness: string; alarm: string; size: number | null; proved: boolean }[]
  /** pairs of checkpoints kept as evidence */
  forks: number
  remark?: string
}

interface Parts {
  db: Db
  crypto: ProofCrypto
  suites: readonly LogSuite[]
  policies: ReadonlyMap<SuiteId, LogPolicy>
  /** milliseconds between two rounds */
  every: number
  published: (suite: SuiteId) => Published | null
  metrics: Metrics
  log: (error: unknown, about: string) => void
}

/** A cosignature is renewed after so many seconds, so that monitors see that the log is alive. */
const RENEW_S = 3_600
/** Milliseconds before a witness that failed is asked again: doubled each time, up to the second. */
const AGAIN = 2_000
const AGAIN_MOST = 300_000
/** A round ends within this; then another process may hold one. */
const LEASE = 20_000
/** Cosigned checkpoints that are kept while none of them meets the policy. */
const KEPT = 64

export function createCosigning(parts: Parts): Cosigning {
  const { db, crypto, suites, policies, metrics, log } = parts
  const end = new AbortController()
  const loops: Promise<void>[] = []
  const alarms = createAlarms({ db, crypto, metrics, log })
  const asking = suites.filter(suite => policies.has(suite.id))
  const policyOf = (suite: LogSuite) => policies.get(suite.id) as LogPolicy
  let met = 0
  if (asking.length)
    metrics.gauge(
      'yuanliu_log_cosigned_size',
      'Entries of the newest checkpoint that enough witnesses have cosigned',
      () => met,
    )

  async function loop(suite: LogSuite): Promise<void> {
    while (!end.signal.aborted) {
      await round(suite).catch(error => {
        if (!end.signal.aborted) log(error, 'log: cosigning')
      })
      await setTimeout(parts.every, undefined, { signal: end.signal, ref: false }).catch(() => {})
    }
  }

  async function round(suite: LogSuite): Promise<void> {
    const shown = parts.published(suite.id)
    if (!shown) return
    const rows = await store.readWitnesses(db, suite.number)
    const due = policyOf(suite).witnesses.map(w => ({ w, row: rowOf(rows, w) }))
    const now = Date.now()
    const asked = due.filter(({ row }) => row.next_ms <= now && isDue(row, shown.size, now / 1000))
    const lease = `cosign ${suite.id}`
    if (!asked.length || (db.kind === 'postgresql' && !(await store.takeLease(db, lease, LEASE)))) return
    try {
      await Promise.all(asked.map(({ w, row }) => askOne(suite, shown, w, row)))
      await settle(suite)
    } finally {
      if (db.kind === 'postgresql') await store.leaveLease(db, lease)
    }
  }

  /** Asks one witness, a second time where it tells another size; writes down how that went. */
  async function askOne(suite: LogSuite, shown: Published, w: AskedWitness, row: store.WitnessRow): Promise<void> {
    let held = row.held
    let said: Said = { kind: 'holds', size: BigInt(held) }
    for (let tries = 0; tries < 2 && said.kind === 'holds' && said.size <= BigInt(shown.size); tries++) {
      held = Number(said.size)
      const proof = await proofFrom(suite, shown, held)
      said = await askToCosign(w, { old: BigInt(held), proof, note: shown.note }, end.signal)
    }
    metrics.count('yuanliu_log_witness_requests_total', { said: said.kind })
    await store.putWitness(db, suite.number, await after(suite, shown, w, { ...row, held }, said))
  }

  async function proofFrom(suite: LogSuite, shown: Published, held: number): Promise<Uint8Array[]> {
    if (held === 0 || held === shown.size) return []
    const tree = { size: BigInt(shown.size), root: shown.root }
    const reader = await openTiles(suite.tree, tree, tileSource(db, suite))
    return reader.consistency(BigInt(held))
  }

  /** The row of a witness after what it said. */
  async function after(
    suite: LogSuite,
    shown: Published,
    w: AskedWitness,
    row: store.WitnessRow,
    said: Said,
  ): Promise<store.WitnessRow> {
    if (said.kind === 'cosigned') {
      const { size, note } = shown
      await db.tx(tx => store.putCosignature(tx, suite.number, { size, note, witness: w.id, line: said.line }))
      const time = Number(cosignatureTime({ ...w.verifier, signature: said.signature }))
      return { ...store.NEW_WITNESS, witness: w.id, held: size, cosigned: size, cosigned_s: time }
    }
    const failures = row.failures + 1
    const wait = Math.min(AGAIN_MOST, AGAIN * 2 ** Math.min(failures - 1, 10))
    const retry = said.kind === 'failed' ? (said.retryAfter ?? 0) : 0
    const failed = { ...row, failures, next_ms: Date.now() + Math.max(wait, retry) }
    if (said.kind === 'failed') {
      if (row.failures === 0) log(new Error(said.detail), `log: the witness ${w.name} did not cosign`)
      return { ...failed, error: said.detail }
    }
    const tree = (await readTrees(db)).find(t => t.suite === suite.number) as TreeRow
    // Another process may have shown it more than this one has seen.
    if (said.kind === 'holds' && said.size <= BigInt(tree.size)) return { ...row, held: Number(said.size) }
    const alarm = said.kind === 'holds' ? ('ahead' as const) : ('refused' as const)
    const size = said.kind === 'holds' ? said.size : BigInt(row.held)
    const error = said.kind === 'holds' ? `409 ${said.size}` : said.detail
    const proved = await alarms.raise({ suite, tree, shown, witness: w, alarm, size, stop: end.signal })
    return { ...failed, error, alarm, alarm_size: Number(size), proved }
  }

  /** Notes which cosigned checkpoints meet the policy, and forgets those that nobody needs. */
  async function settle(suite: LogSuite): Promise<void> {
    const { policy, witnesses } = policyOf(suite)
    let newest: number | null = null
    await db.tx(async tx => {
      for (const { size, met: was, witnesses: ids } of await store.cosigners(tx, suite.number)) {
        const by = witnesses.filter(w => ids.includes(w.id)).map(w => w.key)
        const is = by.length > 0 && isQuorum(policy.quorum, by)
        if (is !== was) await store.setMet(tx, suite.number, size, is)
        if (is) newest = size
      }
      await store.forgetCosigned(tx, suite.number, newest, KEPT)
    })
    if (suite === asking[0]) met = newest ?? 0
  }

  async function health(): Promise<CosignHealth | null> {
    const first = asking[0]
    if (!first) return null
    const failing: Record<string, string> = {}
    const raised: CosignHealth['alarms'] = []
    for (const suite of asking)
      for (const row of await witnesses(suite)) {
        if (row.error) failing[row.name] = row.error
        if (row.alarm) raised.push({ witness: row.name, alarm: row.alarm, size: row.alarm_size, proved: row.proved })
      }
    const forks = await countForks(db, 2)
    const bad = raised.length > 0 || forks > 0
    return {
      size: (await store.metSize(db, first.number)) ?? 0,
      failing,
      alarms: raised,
      forks,
      ...(bad && {
        remark: 'A witness contradicts this log: GET /api/log/witnesses, docs/ops/log.md 见证人与本日志不符',
      }),
    }
  }

  async function witnesses(suite: LogSuite) {
    const policy = policies.get(suite.id)
    if (!policy) return []
    const rows = await store.readWitnesses(db, suite.number)
    return policy.witnesses.map(w => ({ ...rowOf(rows, w), name: w.name, url: w.url }))
  }

  return {
    health,
    witnesses,
    round: id => round(asking.find(s => s.id === id) as LogSuite),
    start() {
      // What was cosigned before is judged by the policy of today.
      for (const suite of asking)
        loops.push(
          settle(suite)
            .catch(error => log(error, 'log: cosigning'))
            .then(() => loop(suite)),
        )
    },
    async stop() {
      end.abort()
      await Promise.all(loops)
    },
  }
}

function rowOf(rows: readonly store.WitnessRow[], { id }: AskedWitness): store.WitnessRow {
  return rows.find(row => row.witness === id) ?? { ...store.NEW_WITNESS, witness: id }
}

/** Whether there is something to cosign: more entries, or a cosignature that has grown old. */
function isDue(row: store.WitnessRow, size: number, seconds: number): boolean {
  return row.cosigned_s === null || row.cosigned < size || seconds - row.cosigned_s > RENEW_S
}
