import { type Case, Skip } from './case.ts'
import { type Exchange, nextOf } from './exchange.ts'
import { expectEqual, expectEvents, expectHeader, expectProblem, expectStatus, expectThat } from './expect.ts'
import { withQuery } from './named-query-cases.ts'
import { newCodes, objectEvent, randomTime } from './sample.ts'
import type { Tester } from './tester.ts'

const CLAUSE = '§12.7; GET /events Link, perPage, nextPageToken'
/** Default number of events on a page. */
const DEFAULT = 30

const LIST_TOKENS = {
  zh: '标记有失效时间，可以翻页；归还后无效',
  en: 'the token has an expiry and leads on; given back, it is good no longer',
}

/** Pages (EPCIS 2.0 §12.7). */
export const PAGING_CASES: readonly Case[] = [
  paging('paging/exactly-once', 8, '&perPage=3', 3, {
    zh: 'perPage=3 翻完 8 个事件',
    en: 'walks through 8 events with perPage=3',
  }),
  paging('paging/ties', 7, '&perPage=2&orderBy=eventTime&orderDirection=ASC', 2, {
    zh: '翻完同一时刻的 7 个事件',
    en: 'walks through 7 events of one instant',
  }),
  paging('paging/default-page', DEFAULT + 5, '', DEFAULT, {
    zh: '不给 perPage，翻完 35 个事件',
    en: 'walks through 35 events without perPage',
  }),
  {
    id: 'paging/token-expires',
    clause: '§12.7; GS1-Next-Page-Token-Expires',
    does: { zh: '读取第一页', en: 'reads the first page' },
    expects: { zh: '翻页标记的失效时间在将来', en: 'the token expires at an instant to come' },
    async run(tester) {
      const answer = await tester.get(`${await captured(tester, 2)}&perPage=1`)
      expectEvents(answer)
      expectExpiry(answer)
    },
  },
  {
    id: 'paging/wrong-token',
    clause: '§12.7; nextPageToken',
    does: { zh: '以乱写的标记翻页', en: 'asks for a page with a token that nobody gave' },
    expects: { zh: '400 QueryParameterException', en: '400 QueryParameterException' },
    async run(tester) {
      const answer = await tester.get('/events?nextPageToken=conformance-made-this-up')
      expectProblem(answer, [400], 'QueryParameterException')
    },
  },
  {
    id: 'paging/wrong-size',
    clause: '§12.7; perPage',
    does: { zh: 'perPage=none', en: 'perPage=none' },
    expects: { zh: '400 QueryParameterException', en: '400 QueryParameterException' },
    async run(tester) {
      expectProblem(await tester.get('/events?perPage=none'), [400], 'QueryParameterException')
    },
  },
  {
    id: 'paging/token-given-back',
    clause: '§12.7; DELETE /nextPageToken/{token}',
    does: { zh: '归还翻页标记', en: 'gives a page token back' },
    expects: { zh: '204，此后该标记无效', en: '204, and the token is good no longer' },
    async run(tester) {
      const path = await captured(tester, 2)
      const next = nextOf(await tester.get(`${path}&perPage=1`))
      const token = new URLSearchParams(next ?? '').get('nextPageToken')
      if (token === null) throw new Skip('第一页没有给出标记', 'the first page gives no token')
      const answer = expectStatus(await tester.send('DELETE', `/nextPageToken/${encodeURIComponent(token)}`), 204, 501)
      if (answer.status === 501) throw new Skip('501：服务器不收回标记', '501: the server takes no tokens back')
      expectStatus(await tester.get(`/events${next}`), 400, 404)
    },
  },
  {
    id: 'paging/captures',
    clause: '§12.7; GET /capture GS1-Next-Page-Token-Expires, DELETE /nextPageToken/{token}',
    does: { zh: '分页列出采集任务，归还标记', en: 'lists capture jobs in pages, gives the token back' },
    expects: LIST_TOKENS,
    run: async tester => {
      for (let n = 0; n < 2; n++) await tester.capture([objectEvent()])
      await listTokens(tester, '/capture')
    },
  },
  {
    id: 'paging/queries',
    clause: '§12.7; GET /queries GS1-Next-Page-Token-Expires, DELETE /nextPageToken/{token}',
    does: { zh: '分页列出命名查询，归还标记', en: 'lists named queries in pages, gives the token back' },
    expects: LIST_TOKENS,
    run: tester => withQuery(tester, () => withQuery(tester, () => listTokens(tester, '/queries'))),
  },
  {
    id: 'paging/bizSteps',
    clause: '§12.7; GET /bizSteps GS1-Next-Page-Token-Expires, DELETE /nextPageToken/{token}',
    does: { zh: '分页列出业务步骤，归还标记', en: 'lists business steps in pages, gives the token back' },
    expects: LIST_TOKENS,
    run: tester => listTokens(tester, '/bizSteps'),
  },
]

/** The token of a list's first page expires, leads on, and is good no longer when it is given back. */
async function listTokens(tester: Tester, path: string): Promise<void> {
  const first = expectStatus(await tester.get(`${path}?perPage=1`), 200)
  const next = nextOf(first)
  const token = new URLSearchParams(next ?? '').get('nextPageToken')
  if (next === null || token === null) throw new Skip('第一页没有给出标记', 'the first page gives no token')
  expectExpiry(first)
  expectStatus(await tester.get(path + next), 200)
  const answer = expectStatus(await tester.send('DELETE', `/nextPageToken/${encodeURIComponent(token)}`), 204, 501)
  if (answer.status === 204) expectStatus(await tester.get(path + next), 400, 404)
}

function expectExpiry(answer: Exchange): void {
  const expires = expectHeader(answer, 'GS1-Next-Page-Token-Expires', /^\d{4}-\d\d-\d\dT/)
  const isToCome = Date.parse(expires) > Date.now() - 60_000
  expectThat(answer, 'GS1-Next-Page-Token-Expires: in the future', isToCome, expires)
}

/** Captures events of one instant about one item. @returns the query that finds them */
async function captured(tester: Tester, count: number, ids: string[] = []): Promise<string> {
  const [epc, eventTime] = [newCodes().item(1, 'page'), randomTime()]
  const events = Array.from({ length: count }, () => objectEvent({ epcList: [epc], eventTime }))
  await tester.capture(events)
  ids.push(...events.map(e => String(e.eventID)))
  return `/events?MATCH_epc=${encodeURIComponent(epc)}`
}

function paging(id: string, count: number, more: string, most: number, does: Case['does']): Case {
  return {
    id,
    clause: CLAUSE,
    does,
    expects: { zh: '每个事件恰好一次，末页没有 next', en: 'every event exactly once, no next on the last page' },
    async run(tester) {
      const ids: string[] = []
      const path = await captured(tester, count, ids)
      let answer = await tester.get(path + more)
      const seen: unknown[] = []
      for (let page = 0; ; page++) {
        const events = expectEvents(answer)
        expectThat(answer, `at most ${most} events on a page`, events.length <= most, events.length)
        seen.push(...events.map(e => e.eventID))
        const next = nextOf(answer)
        if (next === null) break
        expectThat(answer, `an end after ${count} events`, page <= count, `${page} pages`)
        answer = await tester.get(`/events${next}`)
      }
      expectEqual(answer, 'events in all pages', seen.toSorted(), ids.toSorted())
    },
  }
}
