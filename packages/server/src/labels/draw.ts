import { Worker } from 'node:worker_threads'
import { type CarrierSpec, Problem } from '@yuanliu/core'

/** What is to be drawn. */
export interface Order {
  spec: Pick<CarrierSpec, 'kind' | 'symbology' | 'options' | 'module' | 'quiet' | 'height' | 'widest' | 'firstDigit'>
  text: string
  format: 'svg' | 'png'
  /** millimetres that it has to fit; `snap`: modules of whole dots. Null: it takes what it needs */
  room: { width: number; height: number; snap: boolean } | null
  /** width of a module in millimetres; null: the carrier's usual one */
  module: number | null
  /** dots an inch of the printer or the picture */
  dpi: number
}

/** What was drawn; millimetres, quiet zones included. */
export interface Drawing {
  body: string | Uint8Array
  module: number
  width: number
  height: number
  /** height of the bars of a linear carrier */
  bars?: number
}

/** It does not fit: millimetres that it needs, and that it has. */
export interface Misfit {
  misfit: 'width' | 'height' | 'longest'
  needs: number
  has: number
}

/** The symbology cannot hold the text; what the library says, in English. */
export interface Refusal {
  refusal: string
}

export interface Drawer {
  /** @throws Problem busy where too many drawings wait */
  draw(order: Order): Promise<Drawing | Misfit | Refusal>
  close(): Promise<void>
}

/** Drawings that may wait; at some milliseconds each this is about ten seconds of work. */
const WAITING = 2_000
const REMEMBERED = 2_000
/** Longest text of a drawing kept for the next request. */
const KEPT_BYTES = 64 * 1024

interface Answer {
  id: number
  result?: Drawing | Misfit
  refusal?: string
  fault?: string
}

/** Draws in a thread of its own, which starts with the first drawing. What was drawn lately is remembered. */
export function createDrawer(): Drawer {
  const known = new Map<string, Drawing>()
  const waiting = new Map<number, { done: (answer: Answer) => void; failed: (error: Error) => void }>()
  let worker: Worker | null = null
  let last = 0

  function started(): Worker {
    if (worker) return worker
    const made = new Worker(new URL('./draw-worker.js', import.meta.url), { execArgv: [] })
    const lost = (error: Error) => {
      if (worker !== made) return
      worker = null
      for (const { failed } of waiting.values()) failed(error)
      waiting.clear()
    }
    made.on('message', (answer: Answer) => {
      waiting.get(answer.id)?.done(answer)
      waiting.delete(answer.id)
      if (waiting.size === 0) made.unref()
    })
    made.on('error', lost)
    made.on('exit', code => lost(new Error(`the drawing thread ended with code ${code}`)))
    made.unref()
    worker = made
    return made
  }

  return {
    async draw(order) {
      const key = JSON.stringify(order)
      const before = known.get(key)
      if (before) return before
      if (waiting.size >= WAITING)
        throw new Problem('busy', { detail: '正在绘制的标签过多 Too many labels are being drawn', retryAfter: 5 })
      const thread = started()
      const id = ++last
      const answer = await new Promise<Answer>((done, failed) => {
        waiting.set(id, { done, failed })
        thread.ref()
        thread.postMessage({ id, order })
      })
      if (answer.fault !== undefined) throw new Error(`drawing failed: ${answer.fault}`)
      if (!answer.result) return { refusal: answer.refusal ?? '' }
      if ('body' in answer.result && answer.result.body.length <= KEPT_BYTES) {
        for (const first of known.keys()) if (known.size >= REMEMBERED) known.delete(first)
        known.set(key, answer.result)
      }
      return answer.result
    },
    async close() {
      const thread = worker
      worker = null
      for (const { failed } of waiting.values()) failed(new Error('the drawing thread was closed'))
      waiting.clear()
      await thread?.terminate()
    },
  }
}
