import { Readable } from 'node:stream'
import { getTrace, Problem, parseTime } from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import { traceRecords } from './records.ts'
import type { Trace } from './trace-room.ts'

/** `GET /api/trace`: one JSON object, or its records line by line where the caller prefers NDJSON. */
export function traceRoutes(app: FastifyInstance, trace: Trace): void {
  mount(app, getTrace, async ({ query, request, reply }) => {
    const graph = await trace.byCode(query.code, {
      direction: query.direction ?? 'backward',
      ...(query.at !== undefined && { at: timeOf(query.at) }),
      ...(query.depth !== undefined && { depth: query.depth }),
      budget: {
        ...(query.units !== undefined && { units: query.units }),
        ...(query.events !== undefined && { events: query.events }),
        ...(query.ms !== undefined && { ms: query.ms }),
      },
    })
    reply.header('vary', 'Accept').header('cache-control', 'no-cache')
    if (!/\bapplication\/x-ndjson\b/.test(request.headers.accept ?? '')) return reply.send(graph)
    return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(lines(traceRecords(graph))))
  })
}

/** Records as lines, some thousands to a piece: a piece per record would cost more than the record. */
function* lines(records: Iterable<unknown>): Generator<string> {
  let text = ''
  for (const record of records) {
    text += `${JSON.stringify(record)}\n`
    if (text.length > 64 * 1024) {
      yield text
      text = ''
    }
  }
  if (text) yield text
}

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
