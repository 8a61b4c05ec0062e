import {
  type Checkpoint,
  decideCheckpoint,
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
import type { Watched, WitnessGround } from './ground.ts'
import { laterOf } from './memory.ts'
import { barredKeys, catchUp, cosign } from './remember.ts'
import * as store from './store.ts'
import { lookInto } from './suspicion.ts'

export { openWitness, type WitnessGround } from './ground.ts'
export { markRestored } from './store.ts'

/** This platform as a witness of other logs (C2SP tlog-witness): docs/adr/0020. */
export interface Witness {
  /** Holds the database against what is remembered outside it. @throws in words where they cannot both be true */
  start(): Promise<void>
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
  /** keys that must not cosign, with the logs whose state they may have forgotten */
  let barred = new Map<string, string[]>()
  if (ground) {
    metrics.gauge('yuanliu_witness_logs', 'Logs that this platform witnesses', () => ground.logs.size)
    metrics.gauge('yuanliu_witness_forks', 'Forks that this process has seen as a witness', () => forks)
  }
  const watched = (origin: string): Watched => ground?.logs.get(origin) as Watched

  /** Why a log is not cosigned though it is known, in words; null: it is. */
  async function refusalOf(origin: string): Promise<string | null> {
    if (barred.size && ground) barred = await barredKeys(db, ground)
    const { key } = watched(origin).cosigner
    const origins = barred.get(`${key.name} ${key.keyId}`)
    return origins ? barredWords(key.name, origins) : null
  }

  /** Compares and stores in one transaction; the answer is given after its commit. */
  function decide(request: VerifiedRequest) {
    const known = watched(request.log.origin)
    const { memory } = ground as WitnessGround
    return db.tx(async tx => {
      const row = await store.lockLog(tx, known.origin)
      const held = laterOf(row, await memory.read(known), memory.place(known.origin))
      const decision = decideCheckpoint(request, held)
      if (!isAccepted(decision)) return { held, decision }
      const line = await cosign(tx, known, decision, row.cosigned_s)
      // Last, and before the commit: a file that is ahead of the database is believed, one that is behind it is no harm.
      await memory.write(known.origin, decision.note)
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
    async start() {
      if (!ground) return
      barred = await barredKeys(db, ground)
      for (const [key, origins] of barred) log(new Error(barredWords(key.split(' ')[0] as string, origins)), 'witness')
      const behind = await catchUp(db, ground)
      if (behind.length)
        log(
          new Error(
            `the database was behind what this witness has cosigned of ${behind.join(', ')}: taken over from the files beside it 数据库落后于见证记录，已按记录补齐`,
          ),
          'witness',
        )
    },
    async add(body) {
      const request = await readAddCheckpoint(body, origin => ground?.logs.get(origin))
      if (isRefused(request)) return answered(request)
      const words = await refusalOf(request.log.origin)
      if (words !== null) return answered({ status: 503, contentType: 'text/plain; charset=utf-8', body: `${words}\n` })
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
      const remarks = [...barred].map(([key, origins]) => barredWords(key.split(' ')[0] as string, origins))
      if (seen > 0) remarks.unshift('A log that is witnessed here has forked: GET /api/witness 所见证的日志发生分叉')
      return { logs: ground.logs.size, forks: seen, ...(remarks.length > 0 && { remark: remarks.join(' ') }) }
    },
    async settled() {
      await Promise.all([...looks.values()].map(look => look.done))
    },
    async stop() {
      end.abort()
      await Promise.all([...looks.values()].map(look => look.done))
      await ground?.memory.close()
    },
  }
}

function barredWords(key: string, origins: readonly string[]): string {
  return (
    `The key ${key} does not cosign: this database was restored from a backup, and the files witness-checkpoint.* in CHECKPOINT_STORE do not ` +
    `say what it cosigned last of ${origins.join(', ')}. Put them back from where the witness was, or give it a new key and name. ` +
    '数据库由备份恢复而缺少见证记录文件，暂不联署：请取回该文件，或更换见证密钥与名称。'
  )
}

function checkpointOf(note: Uint8Array): Checkpoint {
  return parseCheckpoint(textOf(parseNote(note).text))
}

function inBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
