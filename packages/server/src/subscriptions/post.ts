import { createHmac } from 'node:crypto'
import { lookup as resolve } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { type AddressRules, hostOf } from './address.ts'

/** Milliseconds for one message: looking up, connecting, sending, reading the answer. */
const TIME_LIMIT = 10_000
/** Bytes of an answer that are read: it has nothing to say but its status. */
const ANSWER_LIMIT = 64 * 1024
/** Connections that wait for the next message, in milliseconds. */
const IDLE = 30_000

/** What became of a message. */
export interface Answer {
  status: number
  /** milliseconds after which the receiver wants to be asked again; null where it does not say */
  retryAfter: number | null
}

export interface Poster {
  /**
   * Posts a body. Resolves with the status; throws an error in words where none came: no connection, an address that is
   * not allowed, no answer in time. Redirects are not followed.
   */
  post(dest: string, body: Buffer, headers: Record<string, string>, stop: AbortSignal): Promise<Answer>
  close(): void
}

/** Addresses of a host name: a port, for tests to stand in for the DNS. */
export type Resolver = (host: string) => Promise<{ address: string; family: number }[]>

const systemResolver: Resolver = host => resolve(host, { all: true, verbatim: true })

/**
 * Messages to receivers over connections that are kept. A name is looked up once for each connection, every address that
 * it leads to is checked, and the connection is made to these and to no other: a name that changes between the check and
 * the connection (DNS rebinding) gains nothing.
 */
export function createPoster(rules: AddressRules, resolver: Resolver = systemResolver, limit = TIME_LIMIT): Poster {
  const lookup: LookupFunction = (host, options, done) => {
    resolver(host).then(
      found => {
        const wanted = options.family ? found.filter(a => a.family === familyOf(options.family)) : found
        const bad = found.find(a => !rules.mayConnect(a.address, host))
        if (bad || !wanted[0]) {
          const why = bad ? `${host} leads to ${bad.address}, which is not public 不是公网地址` : `${host}: no address`
          return done(new Error(why), '', 0)
        }
        if (options.all) return done(null, wanted)
        done(null, wanted[0].address, wanted[0].family)
      },
      error => done(error as Error, '', 0),
    )
  }
  const agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: IDLE, maxSockets: 256 }),
    'https:': new https.Agent({ keepAlive: true, timeout: IDLE, maxSockets: 256 }),
  }

  async function once(url: URL, body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const secure = url.protocol === 'https:'
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      agent: secure ? agents['https:'] : agents['http:'],
      // An address in the place of a name is not looked up: faultOf has checked it.
      ...(isIP(hostOf(url)) ? {} : { lookup }),
      headers: { ...headers, 'content-length': String(body.length) },
      signal,
    })
    try {
      return await new Promise<Answer>((done, fail) => {
        request.on('error', fail)
        request.on('response', response => readAnswer(response, done, fail))
        request.end(body)
      })
    } catch (error) {
      // The receiver closed a connection that waited, just as we used it.
      if (request.reusedSocket && !signal.aborted) return once(url, body, headers, signal)
      throw error
    }
  }

  return {
    async post(dest, body, headers, stop) {
      const fault = rules.faultOf(dest)
      if (fault) throw new Error(fault)
      const end = new AbortController()
      const abort = () => end.abort()
      const timer = setTimeout(abort, limit)
      stop.addEventListener('abort', abort)
      try {
        return await once(new URL(dest), body, headers, end.signal)
      } catch (error) {
        if (!end.signal.aborted || stop.aborted) throw error
        throw new Error(`no answer within ${limit / 1000} s 超时未答复`, { cause: error })
      } finally {
        clearTimeout(timer)
        stop.removeEventListener('abort', abort)
      }
    },
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

function readAnswer(response: http.IncomingMessage, done: (answer: Answer) => void, fail: (error: Error) => void) {
  const answer = { status: response.statusCode ?? 0, retryAfter: retryAfter(response.headers['retry-after']) }
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= ANSWER_LIMIT) return
    done(answer)
    response.destroy()
  })
  response.on('end', () => done(answer))
  response.on('error', fail)
  response.on('aborted', () => fail(new Error('the answer broke off 答复中断')))
}

function familyOf(family: number | 'IPv4' | 'IPv6' | undefined): number {
  return family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0)
}

/** Retry-After (RFC 9110 §10.2.3) in milliseconds: seconds or a date; at most an hour. */
function retryAfter(value: string | undefined): number | null {
  if (value === undefined) return null
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 3_600_000) : null
}

/**
 * The value of `GS1-Signature`: `t=<seconds>,v1=<hex>`, v1 being HMAC-SHA-256 with the subscription's token over the
 * digits of t, a full stop, and the bytes of the body. Who checks t refuses what was recorded and is sent again.
 */
export function signatureOf(body: Buffer, token: string, seconds: number): string {
  const mac = createHmac('sha256', token).update(`${seconds}.`).update(body).digest('hex')
  return `t=${seconds},v1=${mac}`
}
