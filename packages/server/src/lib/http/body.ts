import type { IncomingMessage } from 'node:http'
import { finished, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { Problem, type ProblemKind } from '@yuanliu/core'
import type { FastifyRequest } from 'fastify'
import { ScanError } from '../scan/fault.ts'
import { parseStrict } from '../scan/parse-strict.ts'
import { charsetOf, requireCharset, xmlAsUtf8 } from './charset.ts'
import { JSON_LIMITS } from './limits.ts'

/** Media type of the request without parameters, lower-cased; empty when there is none. */
export function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/**
 * The request's body, decompressed, piece by piece. Throws 415 for an encoding that is not taken; while reading 400
 * for a body that breaks off or is not what its encoding says.
 */
export function bodyStream(request: FastifyRequest): AsyncGenerator<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const open = DECODERS[encoding]
  if (!open) {
    throw new Problem('unsupported-media-type', {
      detail: `Content-Encoding ${encoding.slice(0, 100)}: identity, gzip or br is taken`,
    })
  }
  return pieces(open(request.raw))
}

const DECODERS: Record<string, (raw: IncomingMessage) => Readable> = {
  identity: raw => raw,
  gzip: raw => decoded(raw, createGunzip()),
  br: raw => decoded(raw, createBrotliDecompress()),
}

/** `pipe` does not say when its source breaks off: without that the decoder would wait for ever. */
function decoded(raw: IncomingMessage, decoder: Transform): Readable {
  finished(raw, { writable: false }, error => {
    if (error) decoder.destroy(error)
  })
  return raw.pipe(decoder)
}

async function* pieces(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of stream) yield piece as Buffer
  } catch (error) {
    throw brokenOff(error as Error)
  }
}

/** Whatever goes wrong with the stream itself is the sender's doing: the connection, the encoding. */
function brokenOff(error: Error): Problem {
  const detail = `The body cannot be read to its end: ${error.message} 请求内容不完整`
  return new Problem('invalid-input', { detail }, { cause: error })
}

/** A body that says that it is as small as this is read by its events: half the cost of an iterator. */
const SMALL = 64 * 1024

function smallBody(raw: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    raw.on('data', (chunk: Buffer) => chunks.push(chunk))
    raw.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    raw.once('error', error => reject(brokenOff(error)))
    raw.once('close', () => raw.readableEnded || reject(brokenOff(new Error('aborted'))))
  })
}

/** A small body: its bytes and what they say. */
export interface JsonBody {
  bytes: Buffer
  value: unknown
}

/** Throws 415 unless the body is JSON. */
export function requireJson(request: FastifyRequest): void {
  const type = mediaType(request)
  if (type !== 'application/json' && type !== 'application/ld+json') {
    throw new Problem('unsupported-media-type', {
      detail: `Content-Type ${type || '(none)'}: application/json or application/ld+json is expected`,
    })
  }
  requireCharset(request.headers['content-type'], 'json')
}

/** The binding that a document is sent in. Throws 415 for another media type, or a charset that is not read. */
export function documentMedia(request: FastifyRequest): 'json' | 'xml' {
  const type = mediaType(request)
  const media = /^(application|text)\/xml$/.test(type) ? 'xml' : /^application\/(ld\+)?json$/.test(type) ? 'json' : null
  if (media) {
    requireCharset(request.headers['content-type'], media)
    return media
  }
  throw new Problem('unsupported-media-type', {
    detail: `Content-Type ${type || '(none)'}: application/json, application/ld+json, application/xml or text/xml is expected`,
  })
}

/** The pieces of a document as UTF-8, whatever encoding of those that are read it came in. */
export function documentStream(request: FastifyRequest, media: 'json' | 'xml'): AsyncIterable<Buffer> {
  const body = bodyStream(request)
  return media === 'xml' ? xmlAsUtf8(body, charsetOf(request.headers['content-type'])) : body
}

/** A whole small document as UTF-8. Throws 413 beyond `limit` bytes. */
export async function readDocument(request: FastifyRequest, media: 'json' | 'xml', limit: number): Promise<Buffer> {
  const bytes = await readBody(request, limit)
  if (media === 'json') return bytes
  const pieces: Buffer[] = []
  for await (const piece of xmlAsUtf8(Readable.from([bytes]), charsetOf(request.headers['content-type'])))
    pieces.push(piece)
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** A whole body, decompressed. Throws 413 beyond `limit` bytes. */
export async function readBody(
  request: FastifyRequest,
  limit: number,
  tooLarge: ProblemKind = 'too-large',
): Promise<Buffer> {
  const { headers, raw } = request
  // No more comes than is announced: the parser of HTTP takes the rest for the next request.
  const announced = headers['content-encoding'] === undefined ? Number(headers['content-length']) : Number.NaN
  if (announced <= Math.min(limit, SMALL)) return smallBody(raw)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of bodyStream(request)) {
    size += chunk.length
    if (size > limit)
      throw new Problem(tooLarge, { detail: `请求体超过 ${limit} 字节 The body is larger than ${limit} bytes` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Reads a small JSON body strictly (no duplicate member names, no wrong UTF-8).
 * Throws 415 for another media type, 413 beyond `limit` bytes, 400 with a pointer for anything malformed.
 */
export async function readJson(request: FastifyRequest, limit: number, tooLarge?: ProblemKind): Promise<JsonBody> {
  requireJson(request)
  const bytes = await readBody(request, limit, tooLarge)
  try {
    return { bytes, value: parseStrict(bytes, JSON_LIMITS) }
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
    throw scanProblem(error)
  }
}

/** A scanner's fault as a problem: limits are 413, everything else 400. */
export function scanProblem(error: ScanError): Problem {
  const { kind, pointer, message, offset, line, column } = error.fault
  const isLimit = /size|too-many/.test(kind)
  const isXml = line !== undefined
  const said = `${message.zh} ${message.en}`
  return new Problem(isLimit ? 'too-large' : isXml ? 'invalid-xml' : 'invalid-json', {
    detail: isXml ? `${said} (第 ${line} 行第 ${column} 列 line ${line}, column ${column})` : said,
    errors: [{ pointer, message: said, code: kind, ...(isXml && { line, column: column ?? 1 }) }],
    offset,
  })
}
