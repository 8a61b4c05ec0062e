import { readFileSync, writeFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { CODES_PER_JOB } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { Failure } from './failure.ts'
import { patiently } from './retry.ts'
import { print, type Shell, say } from './shell.ts'

export interface CarrierOptions {
  carrier?: string
  content?: string
  format?: string
  /** millimetres */
  module?: string
  dpi?: string
  out?: string
}

/**
 * Draws one code: SVG on stdout, or a file; PNG into a file only.
 * @throws RemoteProblem, Unreachable, Failure
 */
export async function drawLabel(shell: Shell, code: string, options: CarrierOptions = {}): Promise<number> {
  const { out, format = out !== undefined && extname(out).toLowerCase() === '.png' ? 'png' : 'svg', ...rest } = options
  if (format === 'png' && out === undefined) throw new Failure('labelNeedsOut')
  const query = new URLSearchParams({ code, format, ...given(rest) })
  const client = connect(shell)
  const answer = await withKeyHint(shell, () => patiently(shell, () => client.request(`/api/labels/carrier?${query}`)))
  if (out === undefined) shell.stdout.write(`${await answer.text()}\n`)
  else {
    write(out, Buffer.from(await answer.arrayBuffer()))
    print(shell.stderr, say(shell, 'labelWritten', { path: out }))
  }
  return 0
}

export interface SheetCommandOptions {
  sheet?: string
  carrier?: string
  content?: string
  dpi?: string
  copies?: string
  skip?: string
  shiftX?: string
  shiftY?: string
  name?: string
  lot?: string
  made?: string
  expires?: string
  /** file with one code a line */
  codes?: string
  /** id of a range of issued codes, instead of codes */
  range?: string
  /** index of the first label, from 0 */
  from?: string
  /** labels at most */
  count?: string
  out: string
}

/** Labels that one file holds: what a browser lays out without effort. */
const PER_FILE = 500

/**
 * Writes print pages: `out`, then `out` with -2, -3 … before its ending.
 * @throws RemoteProblem, Unreachable, Failure
 */
export async function printSheet(
  shell: Shell,
  codes: readonly string[],
  options: SheetCommandOptions,
): Promise<number> {
  const { codes: file, out, count, ...rest } = options
  const all = [...codes, ...(file === undefined ? [] : linesOf(file))]
  if (rest.range !== undefined && all.length) throw new Failure('labelRangeAndCodes')
  if (rest.range === undefined && !all.length) throw new Failure('labelNoCodes')
  if (all.length > CODES_PER_JOB) throw new Failure('labelTooMany', { count: all.length, most: CODES_PER_JOB })
  const client = connect(shell)
  const init =
    rest.range === undefined
      ? { method: 'POST', body: JSON.stringify({ codes: all }), headers: { 'content-type': 'application/json' } }
      : {}
  const end = count === undefined ? Number.POSITIVE_INFINITY : wholeNumber(rest.from ?? '0') + wholeNumber(count)
  let next: URLSearchParams | null = new URLSearchParams({ from: '0', ...given(rest), lang: shell.language })
  for (let n = 1; next !== null; n++) {
    const query: URLSearchParams = next
    const left = end - Number(query.get('from'))
    if (left <= 0) break
    query.set('limit', String(Math.min(PER_FILE, left)))
    const answer = await withKeyHint(shell, () =>
      patiently(shell, () => client.request(`/api/labels/sheet?${query}`, init)),
    )
    const name = n === 1 ? out : numbered(out, n)
    next = nextQuery(answer.headers.get('link'))
    const more = next !== null && Number(next.get('from')) < end
    write(name, Buffer.from(leadingTo(await answer.text(), more ? basename(numbered(out, n + 1)) : null)))
    print(shell.stderr, say(shell, 'labelWritten', { path: name }))
  }
  return 0
}

/** The page's link to the next labels, which leads nowhere from a file, made to lead to the next file, or left out. */
function leadingTo(page: string, file: string | null): string {
  return page.replace(/<p><a href="\?[^"]*">([^<]*)<\/a><\/p>/, (_all, words: string) =>
    file === null ? '' : `<p><a href="${encodeURIComponent(file)}">${words}</a></p>`,
  )
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Failure('labelNotANumber', { text })
  return Number(text)
}

/** Options by the names of the interface, as far as they were given. */
function given(options: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .replace(/^\ufeff/, '')
      .split('\n')
      .map(line => line.trim())
      .filter(Boolean)
  } catch (error) {
    throw new Failure('unreadable', { path, code: (error as NodeJS.ErrnoException).code ?? '' })
  }
}

function write(path: string, bytes: Buffer): void {
  try {
    writeFileSync(path, bytes)
  } catch (error) {
    throw new Failure('unwritable', { path, code: (error as NodeJS.ErrnoException).code ?? '' })
  }
}

function numbered(path: string, n: number): string {
  const ending = extname(path)
  return `${path.slice(0, path.length - ending.length)}-${n}${ending}`
}

/** Query of `Link: <…>; rel="next"`; the platform may be reached by another address than its own. */
function nextQuery(link: string | null): URLSearchParams | null {
  const address = link === null ? undefined : /<([^>]+)>; rel="next"/.exec(link)?.[1]
  return address === undefined ? null : new URL(address).searchParams
}
