import type { CodeRange, CodeRangeDraft, ListedCode } from '@yuanliu/core'
import type { Platform } from '../../../../test/support/platform.ts'

export interface Answered<T = Record<string, unknown>> {
  status: number
  headers: Headers
  body: T
}

/** Calls of the issuing API under a key. */
export function issuingApi(platform: Platform, key: string) {
  async function call<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered<T>> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await platform.call(path, { ...init, key, headers })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as T }
  }
  return {
    call,
    issue: (draft: CodeRangeDraft, headers?: Record<string, string>) =>
      call<CodeRange & { detail: string; type: string; errors: { pointer: string; message: string }[] }>(
        '/api/codes/ranges',
        draft,
        headers,
      ),
    set: (body: Record<string, unknown>) =>
      call<{ changed: number; unchanged: number; type: string; detail: string; errors: { pointer: string }[] }>(
        '/api/codes/states',
        body,
      ),
    async codes(range: number, query = ''): Promise<ListedCode[]> {
      const answer = await platform.call(`/api/codes/ranges/${range}/codes?limit=100000${query}`, { key })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(text)
      return text.split('\n').flatMap(line => (line ? [JSON.parse(line) as ListedCode] : []))
    },
  }
}
