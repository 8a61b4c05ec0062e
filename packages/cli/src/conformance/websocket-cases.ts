import { type Case, Mismatch, Skip } from './case.ts'
import { type Exchange, jsonOf, memberOf } from './exchange.ts'
import { expectProblem, expectStatus, expectThat } from './expect.ts'
import type { Listener } from './listener.ts'
import { withQuery } from './named-query-cases.ts'
import { objectEvent } from './sample.ts'
import type { Tester } from './tester.ts'

const CLAUSE = '§12.7; /queries/{queryName}/events Upgrade'
/** How long a message, or the end of a socket, may take. */
const MESSAGE_MS = 20_000
const WRONG = ['SubscriptionControlsException', 'QueryParameterException', 'ValidationException']

type Made = { name: string; path: string; epc: string }

const listening = (
  name: string,
  does: Case['does'],
  expects: Case['expects'],
  run: (tester: Tester, made: Made) => Promise<void>,
): Case => ({
  id: `websocket/${name}`,
  clause: CLAUSE,
  does,
  expects,
  run: tester => withQuery(tester, m => run(tester, m)),
})

/** A WebSocket of a query's events, closed when `work` is done. Throws Skip where the server offers none. */
async function withSocket(
  tester: Tester,
  { path }: Made,
  work: (listener: Listener, exchange: Exchange) => Promise<void>,
): Promise<void> {
  const { exchange, listener } = await tester.listen(`${path}/events?stream=true`)
  if (!listener) {
    if ([200, 400, 404, 406, 426, 501].includes(exchange.status))
      throw new Skip(
        `服务器不提供 WebSocket（${exchange.status}）`,
        `the server offers no WebSocket (${exchange.status})`,
      )
    throw new Mismatch('status 101', String(exchange.status), exchange)
  }
  try {
    await work(listener, exchange)
  } finally {
    listener.close()
  }
}

/** Subscriptions over a WebSocket (EPCIS 2.0 §12.7), which a server may offer. */
export const WEBSOCKET_CASES: readonly Case[] = [
  listening(
    'stream',
    {
      zh: '打开 WebSocket，再采集相符与不相符的事件',
      en: 'opens a WebSocket, then captures an event that matches, and one that does not',
    },
    {
      zh: '101，只收到此后相符的事件，为 EPCISQueryDocument',
      en: '101, and of what comes from then on the one that matches, as an EPCISQueryDocument',
    },
    async (tester, made) => {
      const before = objectEvent({ epcList: [made.epc] })
      await tester.capture([before])
      await withSocket(tester, made, async (listener, exchange) => {
        const [event, other] = [objectEvent({ epcList: [made.epc] }), objectEvent()]
        await tester.capture([other, event])
        const message = await listener.wait(text => text.includes(String(event.eventID)), MESSAGE_MS)
        if (message === null)
          throw new Mismatch(`a message with ${event.eventID} within ${MESSAGE_MS / 1000} s`, 'none', exchange)
        const answer = { ...exchange, text: message }
        expectThat(
          answer,
          '/type: EPCISQueryDocument',
          memberOf(jsonOf(answer), 'type') === 'EPCISQueryDocument',
          message,
        )
        const name = memberOf(jsonOf(answer), 'epcisBody', 'queryResults', 'queryName')
        expectThat(answer, `/epcisBody/queryResults/queryName: ${made.name}`, name === made.name, name)
        for (const { eventID } of [before, other])
          expectThat(answer, `no event ${eventID}`, !message.includes(String(eventID)), message)
      })
    },
  ),
  listening(
    'ends-with-query',
    { zh: '删除有 WebSocket 的查询', en: 'deletes a query that has a WebSocket' },
    { zh: '连接随之关闭', en: 'the socket is closed with it' },
    async (tester, made) => {
      await withSocket(tester, made, async (listener, exchange) => {
        expectStatus(await tester.send('DELETE', made.path), 204)
        if (!(await listener.closed(MESSAGE_MS)))
          throw new Mismatch(`the socket closed within ${MESSAGE_MS / 1000} s`, 'it is still open', exchange)
      })
    },
  ),
  ...(
    [
      ['both', 'stream=true&hour=1', '同时给出 stream 与时间', 'both stream and a schedule'],
      ['wrong-schedule', 'hour=25', '没有的钟点', 'an hour that does not exist'],
    ] as const
  ).map(([name, controls, zh, en]) =>
    listening(
      name,
      { zh: `打开 WebSocket：${zh}`, en: `opens a WebSocket with ${en}` },
      { zh: '400，不升级协议', en: '400, no upgrade' },
      async (tester, made) => {
        await withSocket(tester, made, async () => {})
        const { exchange, listener } = await tester.listen(`${made.path}/events?${controls}`)
        listener?.close()
        expectProblem(expectStatus(exchange, 400), [400], ...WRONG)
      },
    ),
  ),
  listening(
    'no-query',
    { zh: '为不存在的查询打开 WebSocket', en: 'opens a WebSocket for a query that does not exist' },
    { zh: '404 NoSuchNameException，不升级协议', en: '404 NoSuchNameException, no upgrade' },
    async (tester, made) => {
      await withSocket(tester, made, async () => {})
      const { exchange, listener } = await tester.listen(`${made.path}-none/events?stream=true`)
      listener?.close()
      expectProblem(exchange, [404], 'NoSuchNameException', 'NoSuchResourceException')
    },
  ),
  listening(
    'no-key',
    { zh: '不带密钥打开 WebSocket', en: 'opens a WebSocket without a key' },
    { zh: '401 SecurityException，不升级协议', en: '401 SecurityException, no upgrade' },
    async (tester, made) => {
      if (!tester.hasKey) throw new Skip('没有密钥', 'there is no key')
      await withSocket(tester, made, async () => {})
      const { exchange, listener } = await tester.listen(`${made.path}/events?stream=true`, { anonymous: true })
      listener?.close()
      expectProblem(exchange, [401, 403], 'SecurityException')
    },
  ),
]
