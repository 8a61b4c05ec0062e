import { writeFile } from 'node:fs/promises'
import { Failure } from '../failure.ts'
import { createProgress } from '../progress.ts'
import { print, type Shell, say } from '../shell.ts'
import { CASES, chosen } from './cases.ts'
import type { Exchange } from './exchange.ts'
import { type Result, runCases } from './run-cases.ts'
import { createTester } from './tester.ts'

export interface ConformanceOptions {
  /** access key of the server; else YUANLIU_KEY, else none is sent */
  key?: string
  /** file that gets the results as JSON */
  json?: string
  /** ids or families, divided by commas */
  only?: string
  /** print the cases and stop */
  list?: boolean
  /** address under which the server reaches this machine */
  callback?: string
  quiet?: boolean
}

/**
 * Tries a server of EPCIS 2.0 from outside, case by case.
 * @param url address of its EPCIS root, e.g. `https://trace.example.org/epcis`
 * @returns exit code: 1 where a case fails
 * @throws Failure where the address is none, nobody answers there, that is not the root or takes no key, or no case has the name
 */
export async function conformance(shell: Shell, url: string | undefined, options: ConformanceOptions): Promise<number> {
  const words = (options.only ?? '').split(',').map(word => word.trim())
  const cases = chosen(words.filter(Boolean))
  if (!cases.length) throw new Failure('conformanceNoCase', { only: options.only ?? '' })
  if (options.list) {
    for (const { id, clause, does, expects } of cases)
      print(shell.stdout, `${id}  [${clause}]  ${does[shell.language]} → ${expects[shell.language]}`)
    return 0
  }
  if (url === undefined) throw new Failure('conformanceNoUrl')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure('wrongUrl', { url })
  const key = options.key ?? shell.env.YUANLIU_KEY ?? null
  const testerOf = (root: string) =>
    createTester({ url: root, key, callback: callbackOf(url, options), fetch: shell.fetch ?? fetch })
  const tester = testerOf(url)
  const answer = await tester.get('/').catch(cause => {
    const reason = (cause as { cause?: { code?: string } }).cause?.code ?? (cause as Error).message
    throw new Failure('unreachable', { url, reason })
  })
  if (!isRoot(answer)) {
    const below = `${tester.base}/epcis`
    if (isRoot(await testerOf(below).get('/'))) throw new Failure('conformanceNotRoot', { url, root: below })
  }
  if (answer.status === 401) throw new Failure('conformanceNoKey', { url })

  const progress = createProgress(options.quiet ? { write() {} } : shell.stderr, cases.length)
  const results = await runCases(tester, cases, (result, index) => {
    if (result.outcome !== 'passed') {
      progress.clear()
      print(shell.stdout, ...linesOf(shell, result))
    }
    progress.at(index + 1, result.id)
  })
  progress.clear()
  const count = (outcome: Result['outcome']) => results.filter(result => result.outcome === outcome).length
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  print(shell.stdout, say(shell, 'conformanceTotal', { url: tester.base, all: CASES.length, ...counts }))
  if (options.json !== undefined) await writeReport(options.json, { url: tester.base, ...counts, results })
  return counts.failed > 0 ? 1 : 0
}

/** Whether an answer looks like that of an EPCIS root: what it holds, or that a key is needed. */
function isRoot({ status, headers }: Exchange): boolean {
  return [200, 401, 403].includes(status) && /json/.test(headers.get('content-type') ?? '')
}

/** A case that did not pass, in the shell's language. */
function linesOf(shell: Shell, result: Result): string[] {
  const { language } = shell
  const head = `${result.id}  [${result.clause}]`
  if (result.outcome === 'skipped') return [`–  ${head}  ${result.reason?.[language] ?? ''}`]
  const { does, expects, expected = '', got = '', request } = result
  const lines = [
    `✗  ${head}`,
    `     ${does[language]} → ${expects[language]}`,
    `     ${say(shell, 'conformanceExpected', { expected })}`,
    `     ${say(shell, 'conformanceGot', { got })}`,
  ]
  if (!request) return lines
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
  lines.push(`     ${request.method} ${request.url} → ${request.status}`, `     ${headers.join('; ')}`)
  if (request.body !== undefined) lines.push(`     ${request.body.slice(0, 300)}`)
  return lines
}

async function writeReport(path: string, report: Record<string, unknown>): Promise<void> {
  const text = JSON.stringify({ tested: new Date().toISOString(), ...report }, null, 2)
  await writeFile(path, `${text}\n`).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('unwritable', { path, code: error.code ?? error.message })
  })
}

/** A server on this machine reaches it without being told how. */
function callbackOf(url: string, { callback }: ConformanceOptions): string | null {
  if (callback !== undefined) {
    if (!URL.canParse(callback)) throw new Failure('wrongUrl', { url: callback })
    return callback
  }
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname) ? 'http://127.0.0.1/' : null
}
