import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CaptureJob,
  type Client,
  getCapture,
  type Receipt,
  RemoteProblem,
  SIGNATURE_HEADER,
  signatureHeader,
} from '@yuanliu/core'
import { Failure } from './failure.ts'

export type Counts = Pick<CaptureJob['counts'], 'accepted' | 'duplicate' | 'conflict' | 'rejected'>

/** What a person should hear of an event: its receipt, or what a refusal says of it. */
export type Note = Omit<Receipt, 'reporter'>

/** How a document fared: its events' fates, and the receipts of those that a person should hear of. */
export interface Sent {
  counts: Counts
  receipts: Note[]
  /** the job that failed as a whole, if it did */
  failedJob: string | null
}

/** Media type of what is sent unless it is XML. */
export const JSON_TYPE = 'application/ld+json'

export interface SendOptions {
  /** media type */
  type?: string
  proceed?: boolean
  /** a note over its events, from `yuanliu sign` */
  signature?: string | null
  /** told, with 0 to 1 of the work done, while a document is uploaded and applied */
  onShare?: (share: number) => void
}

/** Longest pause between two looks at a job that runs. */
const POLL_MS = 1_000
const RECEIPTS_AT_ONCE = 10_000

/**
 * Captures one EPCIS document (a file, streamed as it is, or a text) and waits until it is applied.
 * @throws RemoteProblem where the platform refuses it, Unreachable, Failure where the answer is no capture job
 */
export async function sendDocument(
  client: Client,
  source: { path: string; bytes: number } | { text: string },
  { proceed = false, onShare = () => {}, type = JSON_TYPE, signature = null }: SendOptions = {},
): Promise<Sent> {
  const answer = await client.request('/epcis/capture', {
    method: 'POST',
    headers: {
      'content-type': type,
      'gs1-capture-error-behaviour': proceed ? 'proceed' : 'rollback',
      ...signatureHeaders(signature),
    },
    ...('text' in source ? { body: source.text } : fileBody(source, share => onShare(share / 2))),
  })
  // Only the id: the platform builds the address from its public one, which may not be how it is reached from here.
  const id = answer.headers.get('location')?.split('/').at(-1)
  await answer.body?.cancel()
  if (answer.status !== 202 || !id) throw new Failure('noJob', { url: client.url })
  const job = await jobDone(client, id, share => onShare(0.5 + share / 2))
  const { accepted, duplicate, conflict, rejected } = job.counts
  return {
    counts: { accepted, duplicate, conflict, rejected },
    receipts: conflict + rejected > 0 ? await notableReceipts(client, id, job.counts.events) : [],
    failedJob: !job.success && rejected + conflict === 0 ? id : null,
  }
}

/** A file whose only fault is that members stand twice in an object, as every JSON parser reads it: the last counts. */
export async function lastMembersOf(path: string): Promise<string> {
  return JSON.stringify(JSON.parse(await readFile(path, 'utf8')))
}

/** Captures one bare event. @throws RemoteProblem where the platform refuses it, Unreachable */
export async function sendEvent(
  client: Client,
  file: { path: string; bytes: number },
  type = JSON_TYPE,
  signature: string | null = null,
): Promise<Sent> {
  const counts = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0 }
  try {
    const answer = await client.request('/epcis/events', {
      method: 'POST',
      headers: { 'content-type': type, ...signatureHeaders(signature) },
      ...fileBody(file, () => {}),
    })
    await answer.body?.cancel()
    return { counts: { ...counts, accepted: 1 }, receipts: [], failedJob: null }
  } catch (error) {
    if (!(error instanceof RemoteProblem) || error.status !== 409) throw error
    if (error.kind === 'event-duplicate') return { counts: { ...counts, duplicate: 1 }, receipts: [], failedJob: null }
    const { eventID } = error.details
    const receipt: Note = {
      ordinal: 0,
      status: 'conflict',
      ...(typeof eventID === 'string' && { eventID }),
    }
    return { counts: { ...counts, conflict: 1 }, receipts: [receipt], failedJob: null }
  }
}

function signatureHeaders(note: string | null): Record<string, string> {
  return note === null ? {} : { [SIGNATURE_HEADER]: signatureHeader([note]) }
}

/** The file as a request body, read while it is sent. `duplex` is what fetch wants for that (WHATWG Fetch §5.4). */
function fileBody({ path, bytes }: { path: string; bytes: number }, onShare: (share: number) => void): RequestInit {
  const stream = createReadStream(path)
  let read = 0
  stream.on('data', chunk => {
    read += chunk.length
    onShare(bytes > 0 ? read / bytes : 1)
  })
  stream.pause() // fetch sets the pace, not the counter above
  const init = { body: Readable.toWeb(stream) as ReadableStream, duplex: 'half' }
  return init as RequestInit
}

async function jobDone(client: Client, id: string, onShare: (share: number) => void): Promise<CaptureJob> {
  for (let pause = 25; ; pause = Math.min(pause * 2, POLL_MS)) {
    const job = await client.call(getCapture, { params: { id } })
    if (!job.running) return job
    onShare(job.counts.events > 0 ? job.counts.applied / job.counts.events : 0)
    await sleep(pause)
  }
}

async function notableReceipts(client: Client, id: string, events: number): Promise<Receipt[]> {
  const notable: Receipt[] = []
  for (let from = 0; from < events; from += RECEIPTS_AT_ONCE) {
    const page = await client.request(`/api/captures/${id}/receipts?from=${from}&limit=${RECEIPTS_AT_ONCE}`)
    for (const line of (await page.text()).split('\n')) {
      if (!line) continue
      const receipt = JSON.parse(line) as Receipt
      if (receipt.status === 'conflict' || receipt.status === 'rejected') notable.push(receipt)
    }
  }
  return notable
}
