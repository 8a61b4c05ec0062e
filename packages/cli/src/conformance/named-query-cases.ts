import { type Case, Skip } from './case.ts'
import { jsonOf, memberOf, nextOf } from './exchange.ts'
import {
  expectDiscovery,
  expectEqual,
  expectEvents,
  expectHeader,
  expectProblem,
  expectStatus,
  expectThat,
} from './expect.ts'
import { newCodes, objectEvent } from './sample.ts'
import { ownName, type Tester } from './tester.ts'

const CLAUSE = '§12.7; /queries'
const NONE = ['NoSuchNameException', 'NoSuchResourceException']

/** Throws Skip where the server has no named queries. */
export async function requireNamedQueries(tester: Tester): Promise<void> {
  const { status } = await tester.get('/queries?perPage=1')
  if (![404, 405, 501].includes(status)) return
  throw new Skip(`服务器不提供 /queries（${status}）`, `the server offers no /queries (${status})`)
}

/** A query of a new name for the events of one new item; removed when `work` is done. */
export async function withQuery(
  tester: Tester,
  work: (made: { name: string; path: string; epc: string }) => Promise<void>,
): Promise<void> {
  await requireNamedQueries(tester)
  const [name, epc] = [ownName(), newCodes().item(1, 'query')]
  const body = { name, query: { eventType: ['ObjectEvent'], MATCH_epc: [epc] } }
  const made = expectStatus(await tester.send('POST', '/queries', { body }), 201)
  expectHeader(made, 'Location', /\/queries\/[^/]+$/)
  try {
    await work({ name, path: `/queries/${name}`, epc })
  } finally {
    await tester.send('DELETE', `/queries/${name}`)
  }
}

const named = (
  name: string,
  clause: string,
  does: Case['does'],
  expects: Case['expects'],
  run: (tester: Tester, made: { name: string; path: string; epc: string }) => Promise<void>,
): Case => ({
  id: `queries/${name}`,
  clause: `${CLAUSE}${clause}`,
  does,
  expects,
  run: tester => withQuery(tester, made => run(tester, made)),
})

/** Named queries (EPCIS 2.0 §12.7). */
export const NAMED_QUERY_CASES: readonly Case[] = [
  named(
    'create',
    ' POST 201, GET /queries/{queryName}',
    { zh: '建立命名查询并读取', en: 'creates a named query and reads it' },
    { zh: '201、Location；定义可读', en: '201 and Location; its definition can be read' },
    async (tester, { path, epc }) => {
      const answer = expectStatus(await tester.get(path), 200)
      expectThat(answer, `the query, with ${epc}`, answer.text.includes(epc), answer.text)
    },
  ),
  named(
    'list',
    ' GET',
    { zh: '列出命名查询', en: 'lists the named queries' },
    { zh: '新建的在其中', en: 'the new one is among them' },
    async (tester, { name }) => {
      let answer = expectStatus(await tester.get('/queries?perPage=100'), 200)
      for (let page = 0; !answer.text.includes(name) && page < 20; page++) {
        const next = nextOf(answer)
        expectThat(answer, `the query ${name} in the list`, next !== null, answer.text)
        answer = expectStatus(await tester.get(`/queries${next}`), 200)
      }
      expectThat(answer, `the query ${name} in the list`, answer.text.includes(name), answer.text)
    },
  ),
  named(
    'duplicate',
    ' POST 409',
    { zh: '同名查询建立两次', en: 'creates a query under a name that is taken' },
    { zh: '409 ResourceAlreadyExistsException', en: '409 ResourceAlreadyExistsException' },
    async (tester, { name }) => {
      const body = { name, query: { eventType: ['AggregationEvent'] } }
      const again = await tester.send('POST', '/queries', { body })
      expectProblem(again, [409], 'ResourceAlreadyExistsException')
    },
  ),
  named(
    'run',
    '/{queryName}/events',
    { zh: '执行命名查询', en: 'runs a named query' },
    { zh: '恰为相符的事件', en: 'exactly the events that match' },
    async (tester, { path, epc }) => {
      const event = objectEvent({ epcList: [epc] })
      await tester.capture([event, objectEvent()])
      const answer = await tester.get(`${path}/events`)
      expectEqual(
        answer,
        'events',
        expectEvents(answer).map(e => e.eventID),
        [event.eventID],
      )
    },
  ),
  named(
    'pages',
    '/{queryName}/events perPage',
    { zh: '分页执行命名查询', en: 'runs a named query in pages' },
    { zh: '每个事件恰好一次', en: 'every event exactly once' },
    async (tester, { path, epc }) => {
      const events = [1, 2, 3].map(() => objectEvent({ epcList: [epc] }))
      await tester.capture(events)
      const first = await tester.get(`${path}/events?perPage=2`)
      const next = nextOf(first)
      expectThat(first, 'Link rel="next"', next !== null, first.headers.get('link') ?? 'no Link')
      const second = await tester.get(`${path}/events${next}`)
      const seen = [...expectEvents(first), ...expectEvents(second)].map(e => e.eventID)
      expectEqual(second, 'events of both pages', seen.toSorted(), events.map(e => e.eventID).toSorted())
    },
  ),
  ...(
    [
      ['', ['GET', 'DELETE']],
      ['/events', ['GET']],
      ['/subscriptions', ['GET', 'POST']],
    ] as const
  ).map(([below, allows]) =>
    named(
      `options${below.replace('/', '-')}`,
      `/{queryName}${below} OPTIONS`,
      { zh: `OPTIONS /queries/{queryName}${below}`, en: `OPTIONS /queries/{queryName}${below}` },
      {
        zh: `204，Allow 含 ${allows.join('、')}，以及版本、格式与扩展头`,
        en: `204, Allow with ${allows.join(', ')}, headers of versions, formats and extensions`,
      },
      async (tester, { path }) => {
        const answer = await tester.announced(path + below)
        if (below === '/subscriptions' && [404, 501].includes(answer.status))
          throw new Skip(
            `服务器不提供订阅（${answer.status}）`,
            `the server offers no subscriptions (${answer.status})`,
          )
        expectDiscovery(answer, allows)
      },
    ),
  ),
  named(
    'delete',
    '/{queryName} DELETE',
    { zh: '删除命名查询', en: 'deletes a named query' },
    { zh: '204，此后 404', en: '204, then 404' },
    async (tester, { path }) => {
      expectStatus(await tester.send('DELETE', path), 204)
      expectProblem(await tester.get(path), [404], ...NONE)
      expectProblem(await tester.get(`${path}/events`), [404], ...NONE)
    },
  ),
  {
    id: 'queries/unknown',
    clause: `${CLAUSE}/{queryName} 404`,
    does: { zh: '读取不存在的命名查询', en: 'reads a named query that does not exist' },
    expects: { zh: '404 NoSuchNameException', en: '404 NoSuchNameException' },
    async run(tester) {
      await requireNamedQueries(tester)
      expectProblem(await tester.get(`/queries/${ownName()}`), [404], ...NONE)
    },
  },
  {
    id: 'queries/refused',
    clause: `${CLAUSE} POST 400`,
    does: { zh: '建立含未知参数的查询', en: 'creates a query with an unknown parameter' },
    expects: { zh: '400，查询没有建立', en: '400, and there is no such query' },
    async run(tester) {
      await requireNamedQueries(tester)
      const name = ownName()
      const answer = await tester.send('POST', '/queries', { body: { name, query: { EQ_nothingOfTheKind: ['x'] } } })
      expectProblem(answer, [400], 'QueryParameterException', 'QueryValidationException', 'ValidationException')
      expectEqual(answer, 'status', memberOf(jsonOf(answer), 'status') ?? 400, 400)
      expectStatus(await tester.get(`/queries/${name}`), 404)
    },
  },
]
