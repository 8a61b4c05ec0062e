import {
  type Checkpoint,
  decideCheckpoint,
  formatSignature,
  formatVerifierKey,
  isAccepted,
  isRefused,
  parseCheckpoint,
  parseNote,
  readAddCheckpoint,
  type SuiteId,
  textOf,
  type VerifiedRequest,
  type WitnessRefusal,
  type WitnessState,
} from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import { countForks, type Fork, type KeptFork, keepFork, readForks } from '../lib/forks.ts'
import type { Metrics } from '../lib/metrics.ts'
import { signerOf } from '../lib/signing/signing-key.ts'
import type { Watched, WitnessGround } from './ground.ts'
import * as store from './store.ts'
import { lookInto } from './suspicion.ts'

export { openWitness, type WitnessGround } from './ground.ts'

/** This platform as a witness of other logs (C2SP tlog-witness): docs/adr/0020. */
export interface Witness {
  /** Answers `add-checkpoint`. What it cosigned is on disk when this resolves. */
  add(body: Uint8Array): Promise<{ status: number; contentType: string; body: string }>
  /** The newest cosigned checkpoint of the log whose origin has this hexadecimal SHA-256; null: none. */
  held(digest: string): Promise<Uint8Array | null>
  /** Keys, logs and forks, for whoever wants to know. */
  about(): Promise<WitnessAbout>
  /** What /health says; null: nobody’s witness. */
  health(): Promise<{ logs: number; forks: number; remark?: string } | null>
  /** Resolves when suspicions that are being looked into are settled. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface WitnessAbout {
  keys: { suite: SuiteId; name: string; key: string }[]
  /** size null: no checkpoint yet; time in POSIX seconds */
  logs: { origin: string; size: bigint | null; root: string | null; time: number | null }[]
  forks: KeptFork[]
}

interface Parts {
  db: Db
  metrics: Metrics
  log: (error: unknown, about: string) => void
}

/** A suspected fork of one log is looked into no more often than this, in milliseconds. */
const LOOK_AGAIN = 10_000

/** A witness. @param ground null: it knows no log, so every one is unknown to it */
export function createWitness({ db, metrics, log }: Parts, ground: WitnessGround | null): Witness {
  const end = new AbortController()
  const looks = new Map<string, { at: number; done: Promise<void> }>()
  let forks = 0
  if (ground) {
    metrics.gauge('yuanliu_witness_logs', 'Logs that this platform witnesses', () => ground.logs.size)
    metrics.gauge('yuanliu_witness_forks', 'Forks that this process has seen as a witness', () => forks)
  }
  const watched = (origin: string): Watched => ground?.logs.get(origin) as Watched

  /** Compares and stores in one transaction; the answer is given after its commit. */
  function decide(request: VerifiedRequest) {
    const { origin, cosigner } = watched(request.log.origin)
    return db.tx(async tx => {
      const row = await store.lockLog(tx, origin)
      const held = row.note && stateOf(row.note)
      const decision = decideCheckpoint(request, held)
      if (!isAccepted(decision)) return { held, decision }
      // A clock that was set back does not make a cosignature older than the one before.
      const time = Math.max(Math.floor(Date.now() / 1000), row.cosigned_s ?? 0)
      const signer = signerOf(cosigner, () => BigInt(time))
      const signature = await signer.sign(parseNote(decision.note).text)
      const line = formatSignature({ name: signer.name, keyId: signer.keyId, signature })
      const note = Buffer.from(decision.note)
      await store.putLog(tx, { origin, note, cosigned: Buffer.concat([note, Buffer.from(line)]), cosigned_s: time })
      return { held, decision, line }
    })
  }

  async function tellFork(fork: Fork): Promise<void> {
    if (!(await keepFork(db, fork))) return
    forks++
    log(new Error(`the log ${fork.origin} HAS FORKED: ${fork.reason} 日志分叉！`), 'witness')
  }

  async function judge(refusal: WitnessRefusal, request: VerifiedRequest, held: WitnessState | null): Promise<void> {
    if (!refusal.fork || !held) return
    const { origin, url, tree } = watched(request.log.origin)
    const { note: shown, checkpoint, proof } = request
    const fork = { role: 1, origin, witness: null, held: held.note, shown } as const
    const before = checkpointOf(held.note)
    const sizes = `${before.size} and ${checkpoint.size} entries`
    if (refusal.fork === 'proved') {
      const lines = before.size === checkpoint.size ? null : proof.map(inBase64).join('\n')
      return tellFork({
        ...fork,
        reason: `two signed checkpoints, of ${sizes}, that cannot both be true`,
        proof: lines,
      })
    }
    metrics.count('yuanliu_witness_suspicions_total')
    if (!url || Date.now() - (looks.get(origin)?.at ?? 0) < LOOK_AGAIN) return
    const done = lookInto(url, tree, before, checkpoint, end.signal)
      .then(async found => {
        if (!found.forked) return
        const reason = `its own tiles show that the checkpoint of ${checkpoint.size} entries does not begin with that of ${before.size}`
        await tellFork({ ...fork, reason, proof: found.proof.map(inBase64).join('\n') })
      })
      .catch(error => {
        if (!end.signal.aborted)
          log(error, `witness: ${origin} may have forked, and does not show the tiles of ${sizes}`)
      })
    looks.set(origin, { at: Date.now(), done })
  }

  const answered = <A extends { status: number }>(answer: A): A => {
    metrics.count('yuanliu_witness_requests_total', { status: String(answer.status) })
    return answer
  }

  return {
    async add(body) {
      const request = await readAddCheckpoint(body, origin => ground?.logs.get(origin))
      if (isRefused(request)) return answered(request)
      const { decision, held, line } = await decide(request)
      if (line !== undefined) return answered({ status: 200, contentType: 'text/plain; charset=utf-8', body: line })
      const refusal = decision as WitnessRefusal
      await judge(refusal, request, held)
      return answered(refusal)
    },
    async held(digest) {
      const origin = ground?.origins.get(digest)
      return (origin !== undefined && (await store.readLog(db, origin))?.cosigned) || null
    },
    async about() {
      const rows = await store.readLogs(db)
      return {
        keys: [...(ground?.keys ?? [])].map(([suite, { key }]) => ({
          suite,
          name: key.name,
          key: formatVerifierKey(key),
        })),
        logs: [...(ground?.logs.keys() ?? [])].map(origin => {
          const row = rows.find(r => r.origin === origin)
          const seen = row?.note ? checkpointOf(row.note) : null
          return { origin, size: seen?.size ?? null, root: seen && inBase64(seen.root), time: row?.cosigned_s ?? null }
        }),
        forks: ground ? await readForks(db, 1) : [],
      }
    },
    async health() {
      if (!ground) return null
      const seen = await countForks(db, 1)
      return {
        logs: ground.logs.size,
        forks: seen,
        ...(seen > 0 && { remark: 'A log that is witnessed here has forked: GET /api/witness 所见证的日志发生分叉' }),
      }
    },
    async settled() {
      await Promise.all([...looks.values()].map(look => look.done))
    },
    async stop() {
      end.abort()
      await Promise.all([...looks.values()].map(look => look.done))
    },
  }
}

function checkpointOf(note: Uint8Array): Checkpoint {
  return parseCheckpoint(textOf(parseNote(note).text))
}

function stateOf(note: Uint8Array): WitnessState {
  const { size, root } = checkpointOf(note)
  return { size, root, note: Uint8Array.from(note) }
}

function inBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
