import { Readable } from 'node:stream'
import { getTrace, Problem, parseTime } from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import { traceJson, traceLines } from './trace.ts'
import type { Trace } from './trace-room.ts'

/** `GET /api/trace`: one JSON object, or its records line by line where the caller prefers NDJSON. */
export function traceRoutes(app: FastifyInstance, trace: Trace): void {
  mount(app, getTrace, async ({ query, request, reply }) => {
    const answer = await trace.byCode(query.code, {
      direction: query.direction ?? 'backward',
      ...(query.at !== undefined && { at: timeOf(query.at) }),
      ...(query.known !== undefined && { known: query.known }),
      ...(query.depth !== undefined && { depth: query.depth }),
      budget: {
        ...(query.units !== undefined && { units: query.units }),
        ...(query.events !== undefined && { events: query.events }),
        ...(query.ms !== undefined && { ms: query.ms }),
      },
    })
    reply.header('vary', 'Accept').header('cache-control', 'no-cache')
    if (!/\bapplication\/x-ndjson\b/.test(request.headers.accept ?? ''))
      return reply.type('application/json; charset=utf-8').send(Buffer.from([...traceJson(answer)].join('')))
    return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(pieces(traceLines(answer))))
  })
}

/** Some hundred lines to a piece: a piece per line would cost more than the line. */
function* pieces(lines: Iterable<string>): Generator<Buffer> {
  let text = ''
  for (const line of lines) {
    text += line
    if (text.length < PIECE) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text) yield Buffer.from(text)
}

const PIECE = 64 * 1024

function timeOf(text: string): number {
  // A "+" in a query is a space to form decoders; a time with a zone means it.
  const time = parseTime(text.replace(' ', '+'))
  if (time !== null) return time
  throw new Problem('invalid-query', {
    errors: [
      { pointer: '/query/at', message: 'an ISO 8601 instant such as 2026-10-01T08:00:00+08:00 应为带时区的时间' },
    ],
  })
}
