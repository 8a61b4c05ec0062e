import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CodeState, Codes, ListedCode } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import type { Formats } from './formats.ts'
import type { Interval } from './intervals.ts'
import { printedForm, serialsOf } from './serials.ts'
import { intervalsAround } from './state-store.ts'
import type { RangeAndSpace } from './store.ts'

export type ListFormat = 'ndjson' | 'csv' | 'text'

export const LIST_TYPES: Record<ListFormat, string> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  text: 'text/plain; charset=utf-8',
}

/** Codes computed at a time, and intervals read at a time; between pieces other requests have their turn. */
const PIECE = 1_000
const INTERVALS = 2_000

/** Lines of a list, some hundred to a piece. Text holds the addresses alone, one a line, for printers. */
export async function* listedLines(
  parts: { db: Db; codes: Codes; formats: Formats; publicUrl: string },
  found: RangeAndSpace,
  from: number,
  limit: number,
  format: ListFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield 'n,code,text,url,state\r\n'
  for await (const codes of listedCodes(parts, found, from, limit)) {
    yield codes.map(LINES[format]).join('')
    await nextTurn()
  }
}

const LINES: Record<ListFormat, (code: ListedCode) => string> = {
  ndjson: code => `${JSON.stringify(code)}\n`,
  csv: ({ n, code, text, url, state }) => `${n},${code},${text},${url},${state}\r\n`,
  text: ({ url }) => `${url}\n`,
}

/** A code to print, without groups, and its state. */
export interface CodeToPrint {
  text: string
  state: CodeState
}

/** The codes `from`, `from` + 1, … of a range as they are put into carriers, at most `count`. */
export async function codesToPrint(
  parts: { db: Db; formats: Formats },
  found: RangeAndSpace,
  from: number,
  count: number,
): Promise<CodeToPrint[]> {
  const all: CodeToPrint[] = []
  for await (const piece of keysAndStates(parts, found, from, count))
    for (const { form, state } of piece) all.push({ text: form.plain, state })
  return all
}

async function* listedCodes(
  parts: { db: Db; codes: Codes; formats: Formats; publicUrl: string },
  found: RangeAndSpace,
  from: number,
  limit: number,
): AsyncGenerator<ListedCode[]> {
  const { codes, publicUrl } = parts
  for await (const piece of keysAndStates(parts, found, from, limit))
    yield piece.map(({ n, key, form: { text, path }, state }) => ({
      n,
      code: codes.codeOf(key),
      text,
      url: publicUrl + path,
      state,
    }))
}

interface Numbered {
  n: number
  key: string
  form: ReturnType<typeof printedForm>
  state: CodeState
}

async function* keysAndStates(
  { db, formats }: { db: Db; formats: Formats },
  { range, space }: RangeAndSpace,
  from: number,
  limit: number,
): AsyncGenerator<Numbered[]> {
  const format = formats.get(space.scheme)
  if (!format) throw new Error(`data/issuing has no file for scheme ${space.scheme}`)
  const serials = serialsOf(format, space, range)
  const end = Math.min(from + limit, range.count)
  let intervals: Interval[] = []
  let i = 0
  for (let n = from; n < end; ) {
    const count = Math.min(PIECE, end - n)
    const keys = serials.keys(n, count)
    const piece: Numbered[] = []
    for (const [k, key] of keys.entries()) {
      while (i < intervals.length && intervals[i]!.last < n + k) i++
      if (i >= intervals.length) {
        intervals = await intervalsAround(db, range.id, n + k, end - 1, INTERVALS)
        i = intervals.findIndex(interval => interval.last >= n + k)
        if (i < 0) throw new Error(`range ${range.id} has no state for code ${n + k}`)
      }
      piece.push({ n: n + k, key, form: printedForm(format, key), state: intervals[i]!.state })
    }
    yield piece
    n += count
  }
}
