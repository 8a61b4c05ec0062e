import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Encoding, Form } from './negotiate.ts'
import { PAGE_POLICY } from './style.ts'

/** A finished answer: nothing remains to be done but to send it. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer | null
}

/** A body with what it takes to answer it, in every encoding that was asked for. */
export interface Rendered {
  full(encoding: Encoding): Promise<Answer>
  /** 304 for a client that has it */
  unchanged: Answer
  etag: string
}

const TYPES: Record<Form, string> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  linkset: 'application/linkset+json; charset=utf-8',
  links: 'application/json; charset=utf-8',
  ld: 'application/ld+json; charset=utf-8',
}

const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)
/** Brotli quality: 6 gives most of the saving in a millisecond or two. */
const QUALITY = 6

/** Prepares a body of a form; `more` are headers of its own. */
export function render(status: number, form: Form, text: string, more: Record<string, string>): Rendered {
  const bytes = Buffer.from(text)
  const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  const known: Record<string, string> = {
    etag,
    'cache-control': 'no-cache',
    vary: 'Accept, Accept-Language, Accept-Encoding',
    ...more,
  }
  const headers: Record<string, string> = { ...known, 'content-type': TYPES[form] }
  if (form === 'html') headers['content-security-policy'] = PAGE_POLICY
  const answers = new Map<Encoding, Promise<Answer>>()
  return {
    etag,
    unchanged: { status: 304, headers: known, body: null },
    full(encoding) {
      let answer = answers.get(encoding)
      if (!answer) {
        answer = encoded(status, headers, bytes, encoding)
        answers.set(encoding, answer)
      }
      return answer
    },
  }
}

/** A redirect (307: the method stays), told anew every time. */
export function redirect(location: string, link: string): Rendered {
  const headers = {
    location,
    link,
    'cache-control': 'no-cache',
    vary: 'Accept, Accept-Language, Accept-Encoding',
    'content-length': '0',
  }
  const answer: Answer = { status: 307, headers, body: null }
  return { etag: '', unchanged: answer, full: async () => answer }
}

async function encoded(
  status: number,
  headers: Record<string, string>,
  bytes: Buffer,
  encoding: Encoding,
): Promise<Answer> {
  const body =
    encoding === 'br'
      ? await compressBrotli(bytes, {
          params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
        })
      : encoding === 'gzip'
        ? await compressGzip(bytes)
        : bytes
  const own: Record<string, string> = { 'content-length': String(body.length) }
  if (encoding !== 'identity') own['content-encoding'] = encoding
  return { status, headers: { ...headers, ...own }, body }
}
