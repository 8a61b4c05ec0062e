/** Requests to services that the operator has named: witnesses, gateways to a chain. */

export interface OutgoingAnswer {
  status: number
  /** media type without parameters, in small letters; empty where there is none */
  type: string
  body: Buffer
  /** milliseconds after which the service wants to be asked again; null where it does not say */
  retryAfter: number | null
}

export interface OutgoingRequest {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: Uint8Array
  /** milliseconds for all of it */
  limit: number
  /** bytes of the answer; a longer one is an error */
  bytes: number
  stop?: AbortSignal
}

/** Longest wait that a service may ask for. */
const MAX_RETRY = 3_600_000

/**
 * One request; redirects are not followed. Unlike webhooks, whose addresses come from callers, these addresses stand in the
 * settings, so they may lead anywhere, this machine included.
 * @throws Error in words where no whole answer came
 */
export async function ask(url: string, request: OutgoingRequest): Promise<OutgoingAnswer> {
  const { method, headers, body, limit, stop } = request
  const end = new AbortController()
  const abort = () => end.abort()
  const timer = setTimeout(abort, limit)
  stop?.addEventListener('abort', abort)
  if (stop?.aborted) abort()
  try {
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      signal: end.signal,
      ...(headers && { headers }),
      ...(body && { body: Buffer.from(body) }),
    })
    return {
      status: answer.status,
      type: (answer.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      body: await bodyOf(answer, request.bytes),
      retryAfter: retryAfter(answer.headers.get('retry-after')),
    }
  } catch (error) {
    if (end.signal.aborted && !stop?.aborted) throw new Error(`${url}: no answer within ${limit / 1000} s 超时未答复`)
    // The cause says all that there is to know; the stack of the platform's fetch says nothing.
    const { cause, message } = error as Error & { cause?: Error }
    throw new Error(`${url}: ${cause?.message || message} 无法连接`)
  } finally {
    clearTimeout(timer)
    stop?.removeEventListener('abort', abort)
  }
}

async function bodyOf(answer: Response, bytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer.body ?? []) {
    size += piece.length
    if (size > bytes) throw new Error(`the answer is longer than ${bytes} bytes 答复过长`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Retry-After (RFC 9110 §10.2.3) in milliseconds. */
function retryAfter(value: string | null): number | null {
  if (value === null) return null
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY) : null
}
