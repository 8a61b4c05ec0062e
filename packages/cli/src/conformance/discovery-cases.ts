import { type Case, Skip } from './case.ts'
import {
  expectDiscovery,
  expectEqual,
  expectHeader,
  expectMember,
  expectProblem,
  expectStatus,
  expectThat,
  expectVersions,
} from './expect.ts'
import { requireNamedQueries } from './named-query-cases.ts'
import { ask } from './query-cases.ts'

const NAME = 'conformance'
/**
 * Paths of the OpenAPI file that are to answer `OPTIONS`, with what they are to allow; those below a named query are tried
 * where there is one.
 */
const PATHS: readonly [path: string, allows: readonly string[]][] = [
  ['/', ['GET']],
  ['/capture', ['GET', 'POST']],
  [`/capture/${NAME}`, ['GET']],
  ['/events', ['GET', 'POST']],
  [`/events/${NAME}`, ['GET']],
  ...['eventTypes', 'epcs', 'bizSteps', 'bizLocations', 'readPoints', 'dispositions'].flatMap(
    (kind): [string, string[]][] => [
      [`/${kind}`, ['GET']],
      [`/${kind}/${NAME}`, ['GET']],
      [`/${kind}/${NAME}/events`, ['GET']],
    ],
  ),
  ['/queries', ['GET', 'POST']],
]

const TOP_LEVEL = ['capture', 'events', 'eventTypes', 'epcs', 'bizSteps', 'bizLocations', 'readPoints', 'dispositions']

/** What a server says of itself (EPCIS 2.0 §12.5, §12.8), and who may ask. */
export const DISCOVERY_CASES: readonly Case[] = [
  {
    id: 'discovery/root',
    clause: '§12.5; GET /',
    does: { zh: '读取根资源', en: 'reads the root' },
    expects: { zh: 'Collection，列出顶层资源', en: 'a Collection of the top-level resources' },
    async run(tester) {
      const answer = expectStatus(await tester.get('/'), 200)
      expectMember(answer, 'array', 'member')
      expectEqual(answer, '/type', expectMember(answer, 'string', 'type'), 'Collection')
      const members = expectMember<string[]>(answer, 'array', 'member')
      const missing = TOP_LEVEL.filter(name => !members.includes(name))
      expectThat(answer, `/member: ${missing.join(', ')}`, missing.length === 0, members)
      expectVersions(answer)
    },
  },
  ...PATHS.map(
    ([path, allows]): Case => ({
      id: `discovery/options${path === '/' ? '-root' : path.replaceAll('/', '-').replace(`-${NAME}`, '-one')}`,
      clause: `§12.8; OPTIONS ${path}`,
      does: { zh: `OPTIONS ${path}`, en: `OPTIONS ${path}` },
      expects: {
        zh: `204，Allow 含 ${allows.join('、')}，以及版本、格式与扩展头`,
        en: `204, Allow with ${allows.join(', ')}, headers of versions, formats and extensions`,
      },
      async run(tester) {
        if (path === '/queries') await requireNamedQueries(tester)
        expectDiscovery(await tester.announced(path), allows)
      },
    }),
  ),
  {
    id: 'discovery/capture-limits',
    clause: '§12.8; OPTIONS /capture',
    does: { zh: '询问采集限额', en: 'asks for the limits of capture' },
    expects: { zh: '事件数、字节数、出错处理方式', en: 'limits of events and bytes, error behaviours' },
    async run(tester) {
      const answer = await tester.announced('/capture')
      expectHeader(answer, 'GS1-EPCIS-Capture-Limit', /^\d+$/)
      expectHeader(answer, 'GS1-EPCIS-Capture-File-Size-Limit', /^\d+$/)
      expectHeader(answer, 'GS1-Capture-Error-Behaviour', /all|rollback|proceed/)
    },
  },
  ...(
    [
      ['/events', 'PUT'],
      ['/bizSteps', 'DELETE'],
    ] as const
  ).map(
    ([path, method]): Case => ({
      id: `discovery/${method.toLowerCase()}${path.replace('/', '-')}`,
      clause: `§12.3; RFC 9110 §15.5.6; ${method} ${path}`,
      does: { zh: `${method} ${path}`, en: `${method} ${path}` },
      expects: {
        zh: '405，Allow 列出支持的方法；或 501',
        en: '405 with the methods that there are in Allow; or 501',
      },
      async run(tester) {
        const answer = expectStatus(await tester.send(method, path), 405, 501)
        if (answer.status === 501) return
        const allow = expectHeader(answer, 'Allow', /\bGET\b/)
        expectThat(answer, `Allow without ${method}`, !allow.split(/\s*,\s*/).includes(method), allow)
      },
    }),
  ),
  {
    id: 'discovery/versions-with-answers',
    clause: '§12.8; GET /events',
    does: { zh: '查询事件', en: 'queries events' },
    expects: { zh: '答复带有版本头', en: 'version headers with the answer' },
    async run(tester) {
      expectVersions(expectStatus(await ask(tester, await tester.world(), { EQ_bizStep: 'packing' }), 200))
    },
  },
  ...(['/events', '/capture', '/bizSteps'] as const).map(
    (path): Case => ({
      id: `security/no-key${path.replace('/', '-')}`,
      clause: `§12.8; GET ${path} 401`,
      does: { zh: `不带密钥 GET ${path}`, en: `GET ${path} without a key` },
      expects: { zh: '401 SecurityException', en: '401 SecurityException' },
      async run(tester) {
        if (!tester.hasKey) throw noKey()
        expectProblem(await tester.send('GET', path, { anonymous: true }), [401], 'SecurityException')
      },
    }),
  ),
  {
    id: 'security/wrong-key',
    clause: '§12.8; GET /events 401',
    does: { zh: '以错误的密钥查询', en: 'queries with a wrong key' },
    expects: { zh: '401 或 403 SecurityException', en: '401 or 403 SecurityException' },
    async run(tester) {
      if (!tester.hasKey) throw noKey()
      const headers = { authorization: 'Bearer conformance-wrong-key' }
      expectProblem(await tester.send('GET', '/events', { anonymous: true, headers }), [401, 403], 'SecurityException')
    },
  },
]

function noKey(): Skip {
  return new Skip('未给出密钥（--key）', 'no key was given (--key)')
}
