import { documentBytes } from './documents.ts'
import { type Acknowledged, idOf, openStock, type Sample } from './log-hammer-events.ts'
import { proveEvent } from './log-hammer-prove.ts'
import { Deviation, type Tally } from './log-hammer-tally.ts'
import { ask, type HammeredLog, type Target, wordsOf } from './log-hammer-target.ts'
import { pause } from './stats.ts'

/** Writers: captures of mixed sizes, the next one as soon as one is answered. */

const CONTEXT = '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],'
/** Share of the captures that ask to be answered only when a checkpoint covers them. */
const WAITING = 0.05
/** Longest pause where the platform says that it is busy. */
const BUSY_MS = 1_000

export interface Writing {
  target: Target
  logs: readonly HammeredLog[]
  sample: Sample
  tally: Tally
  random: () => number
  /** told what goes on beside the writer, and is to end before the hammer does */
  beside(work: Promise<unknown>): void
}

/** A writer with a stock of its own; each call is one capture. */
export function openWriter(
  number: number,
  { target, logs, sample, tally, random, beside }: Writing,
): () => Promise<void> {
  const take = openStock()
  return async () => {
    const count = sizeOf(random())
    const texts = take(count)
    const waits = random() < WAITING
    const answer = await capture(target, texts, waits, tally)
    if (!answer) return
    const at = performance.now()
    tally.counts.captures++
    tally.counts.events += count
    const events = chosen(texts, random).map(text => ({ id: idOf(text), text, at }))
    for (const event of events) sample.add(number, event)
    if (!waits) return
    if (!/\bwait\b/.test(answer.headers.get('preference-applied') ?? ''))
      throw new Deviation(`A capture of ${count} events under "Prefer: wait" was answered without a checkpoint over it`)
    tally.counts.waited++
    // Asked for now, while the writer goes on: what it waits for is the platform's answer alone.
    beside(tally.once(`writer ${number}`, () => proveAtOnce({ target, logs, tally }, events)))
  }
}

/** What was answered under `Prefer: wait` has a proof, and is covered by the checkpoint that is shown. */
async function proveAtOnce(
  { target, logs, tally }: Pick<Writing, 'target' | 'logs' | 'tally'>,
  events: readonly Acknowledged[],
): Promise<void> {
  for (const log of logs) {
    const shown = await log.heads.newest()
    for (const event of events) {
      const index = await proveEvent({ target, log, event, tally }, 0)
      if (index >= shown.size)
        throw new Deviation(
          `${log.suite}: ${event.id} was answered under "Prefer: wait" as entry ${index}, but the checkpoint shown after it has ${shown.size} entries`,
        )
    }
  }
}

/** Events of a capture: half of them one by one, a third small documents, the rest of 500. */
function sizeOf(chance: number): number {
  return chance < 0.5 ? 1 : chance < 0.85 ? 2 + Math.floor(((chance - 0.5) / 0.35) * 40) : 500
}

/** The events that are remembered of a capture: one by chance, and the last, which the log has last. */
function chosen(texts: readonly string[], random: () => number): string[] {
  const some = [texts[Math.floor(random() * texts.length)], texts.at(-1)]
  return [...new Set(some)].filter(text => text !== undefined)
}

/** Sends it until it is taken. A platform that is busy says so, and has taken nothing. @returns null: it was not, to the end */
async function capture(
  target: Target,
  texts: readonly string[],
  waits: boolean,
  tally: Tally,
): Promise<Response | null> {
  const single = texts.length === 1 ? texts[0] : undefined
  const path = single ? '/epcis/events' : '/epcis/capture'
  const body = single ? CONTEXT + single.slice(1) : Uint8Array.from(documentBytes(texts))
  const headers = { 'content-type': 'application/json', ...(waits && { prefer: 'wait' }) }
  for (;;) {
    const answer = await ask(target, path, { method: 'POST', headers, body })
    if (answer.status === (single ? 201 : 202)) {
      // A body that is not read keeps its connection.
      await answer.arrayBuffer()
      return answer
    }
    if (answer.status !== 503 && answer.status !== 429)
      throw new Deviation(`POST ${path} of ${texts.length} events: ${await wordsOf(answer)}`)
    tally.counts.busy++
    await answer.arrayBuffer()
    if (tally.ended()) return null
    await pause(Math.min(BUSY_MS, 1_000 * (Number(answer.headers.get('retry-after')) || 1)))
  }
}
