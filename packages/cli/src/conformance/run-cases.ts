import { type Case, Mismatch, Skip, type Words } from './case.ts'
import { brief, type Exchange } from './exchange.ts'
import type { Tester } from './tester.ts'

/** The request of a failing case, for whoever wants to try it by hand; without the key. */
export interface ShownRequest {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
  status: number
}

/** What became of a case. */
export interface Result {
  id: string
  clause: string
  outcome: 'passed' | 'failed' | 'skipped'
  does: Words
  expects: Words
  /** milliseconds */
  took: number
  /** of a failing case: in the words of the protocol */
  expected?: string
  got?: string
  request?: ShownRequest
  /** of a skipped case */
  reason?: Words
}

/** Runs cases one after the other; what a case throws is its result. `onResult` is told of each. */
export async function runCases(
  tester: Tester,
  cases: readonly Case[],
  onResult: (result: Result, index: number) => void,
): Promise<Result[]> {
  const results: Result[] = []
  for (const [index, one] of cases.entries()) {
    const result = await runCase(tester, one)
    results.push(result)
    onResult(result, index)
  }
  return results
}

async function runCase(tester: Tester, { id, clause, does, expects, run }: Case): Promise<Result> {
  const began = performance.now()
  const about = { id, clause, does, expects }
  const took = () => Math.round(performance.now() - began)
  try {
    await run(tester)
    return { ...about, outcome: 'passed', took: took() }
  } catch (error) {
    if (error instanceof Skip) return { ...about, outcome: 'skipped', took: took(), reason: error.reason }
    const failed = { ...about, outcome: 'failed', took: took() } as const
    if (!(error instanceof Mismatch)) return { ...failed, expected: expects.en, got: reasonOf(error) }
    const { expected, got, exchange } = error
    return { ...failed, expected, got, ...(exchange && { request: requestOf(exchange) }) }
  }
}

function requestOf({ method, url, requestHeaders, requestBody, status }: Exchange): ShownRequest {
  const body = requestBody === null ? null : brief(requestBody, 2_000)
  return { method, url, headers: requestHeaders, ...(body !== null && { body }), status }
}

/** What stands behind "fetch failed", as far as anybody says. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } }
  return `no answer: ${cause?.code ?? cause?.message ?? message ?? String(error)}`
}
