import { type Case, Mismatch, Skip } from './case.ts'
import { brief, jsonOf, memberOf } from './exchange.ts'
import { expectHeader, expectMember, expectProblem, expectStatus, expectThat } from './expect.ts'
import { withQuery } from './named-query-cases.ts'
import { objectEvent } from './sample.ts'
import { ownName, type Tester } from './tester.ts'
import { openWebhook } from './webhook.ts'

const CLAUSE = '§12.7; /queries/{queryName}/subscriptions'
/** How long a delivery may take. */
const DELIVERY_MS = 20_000
const WRONG = ['SubscriptionControlsException', 'ValidationException', 'QueryValidationException']
/** Nobody listens there: RFC 2606 keeps the name free. */
const NOWHERE = 'https://webhook.conformance.example/events'

type Made = { name: string; path: string; epc: string }

const subscribing = (
  name: string,
  clause: string,
  does: Case['does'],
  expects: Case['expects'],
  run: (tester: Tester, made: Made) => Promise<void>,
): Case => ({
  id: `subscriptions/${name}`,
  clause: `${CLAUSE}${clause}`,
  does,
  expects,
  run: tester =>
    withQuery(tester, async made => {
      const { status } = await tester.get(`${made.path}/subscriptions`)
      if (status === 404 || status === 501)
        throw new Skip(`服务器不提供订阅（${status}）`, `the server offers no subscriptions (${status})`)
      await run(tester, made)
    }),
})

/** Subscriptions by webhook (EPCIS 2.0 §12.7). */
export const SUBSCRIPTION_CASES: readonly Case[] = [
  ...(
    [
      ['no-schedule', { dest: NOWHERE }, '既无 schedule 也无 stream', 'neither schedule nor stream'],
      ['both', { dest: NOWHERE, stream: true, schedule: { hour: '1' } }, '两者都有', 'both schedule and stream'],
      ['no-destination', { stream: true }, '没有 dest', 'no dest'],
      ['wrong-destination', { dest: 'nowhere', stream: true }, 'dest 不是网址', 'a dest that is no URL'],
      ['wrong-schedule', { dest: NOWHERE, schedule: { hour: '25' } }, '没有的钟点', 'an hour that does not exist'],
    ] as const
  ).map(([name, body, zh, en]) =>
    subscribing(
      name,
      ' POST 400',
      { zh: `订阅：${zh}`, en: `subscribes with ${en}` },
      { zh: '400 SubscriptionControlsException', en: '400 SubscriptionControlsException' },
      async (tester, { path }) => {
        expectProblem(await tester.send('POST', `${path}/subscriptions`, { body }), [400], ...WRONG)
      },
    ),
  ),
  subscribing(
    'life',
    ' POST, GET, DELETE',
    { zh: '订阅、列出、读取、删除', en: 'subscribes, lists, reads, deletes' },
    { zh: '201、Location；密语不回显；204，此后 404', en: '201 and Location; the secret is not shown; 204, then 404' },
    async (tester, { path }) => {
      const signatureToken = ownName()
      const body = { dest: NOWHERE, schedule: { hour: '3', minute: '15' }, signatureToken }
      const made = expectStatus(await tester.send('POST', `${path}/subscriptions`, { body }), 201)
      const location = expectHeader(made, 'Location', /\/subscriptions\/[^/]+$/)
      const id = decodeURIComponent(location.split('/').at(-1) ?? '')
      const list = expectStatus(await tester.get(`${path}/subscriptions`), 200)
      expectThat(list, `the subscription ${id} in the list`, list.text.includes(id), list.text)
      const one = expectStatus(await tester.get(`${path}/subscriptions/${encodeURIComponent(id)}`), 200)
      expectThat(one, '/subscriptionID as in Location', expectMember(one, 'string', 'subscriptionID') === id, one.text)
      expectMember(one, 'string', 'createdAt')
      for (const answer of [made, list, one])
        expectThat(answer, 'no signatureToken in the answer', !answer.text.includes(signatureToken), answer.text)
      expectStatus(await tester.send('DELETE', `${path}/subscriptions/${encodeURIComponent(id)}`), 204)
      const gone = await tester.get(`${path}/subscriptions/${encodeURIComponent(id)}`)
      expectProblem(gone, [404], 'NoSuchResourceException', 'NoSuchNameException')
    },
  ),
  subscribing(
    'options',
    '/{subscriptionID} OPTIONS',
    { zh: 'OPTIONS 一个订阅', en: 'OPTIONS of a subscription' },
    {
      zh: '204，Allow 含 GET、DELETE，版本与扩展头，下次通知的起点',
      en: '204, Allow with GET and DELETE, headers of versions and extensions, where the next message begins',
    },
    async (tester, { path }) => {
      const body = { dest: NOWHERE, schedule: { hour: '3', minute: '15' } }
      const made = expectStatus(await tester.send('POST', `${path}/subscriptions`, { body }), 201)
      const id = expectHeader(made, 'Location', /\/subscriptions\/[^/]+$/)
        .split('/')
        .at(-1)
      const told = expectStatus(await tester.send('OPTIONS', `${path}/subscriptions/${id}`), 200, 204)
      const allow = expectHeader(told, 'Allow', /./).split(/\s*,\s*/)
      expectThat(told, 'Allow: GET, DELETE', allow.includes('GET') && allow.includes('DELETE'), allow)
      for (const name of ['GS1-EPCIS-Version', 'GS1-EPCIS-Min', 'GS1-EPCIS-Max'])
        expectHeader(told, name, /^\d+(\.\d+)*$/)
      expectHeader(told, 'GS1-Extensions', /=/)
      expectHeader(told, 'GS1-Vendor-Version', /./)
      expectHeader(told, 'GS1-Query-Min-Record-Time', /^\d{4}-\d\d-\d\dT/)
    },
  ),
  subscribing(
    'ends-with-query',
    '; DELETE /queries/{queryName}',
    { zh: '删除有订阅的查询', en: 'deletes a query that has a subscription' },
    { zh: '204，订阅随之结束', en: '204, and the subscription ends with it' },
    async (tester, { path }) => {
      const body = { dest: NOWHERE, schedule: { hour: '3', minute: '15' } }
      const made = expectStatus(await tester.send('POST', `${path}/subscriptions`, { body }), 201)
      const id = expectHeader(made, 'Location', /\/subscriptions\/[^/]+$/)
        .split('/')
        .at(-1)
      expectStatus(await tester.send('DELETE', path), 204)
      expectStatus(await tester.get(`${path}/subscriptions/${id}`), 404)
    },
  ),
  subscribing(
    'delivery',
    ' POST stream',
    { zh: '订阅后采集相符的事件', en: 'subscribes and captures an event that matches' },
    {
      zh: 'webhook 收到 EPCISQueryDocument，带 GS1-Signature',
      en: 'the webhook gets an EPCISQueryDocument with GS1-Signature',
    },
    delivery,
  ),
]

async function delivery(tester: Tester, { path, epc }: Made): Promise<void> {
  const { callback } = tester
  if (callback === null)
    throw new Skip('服务器无法连到本机；用 --callback 给出地址', 'the server cannot reach the tester; give --callback')
  const webhook = await openWebhook(callback)
  try {
    const body = { dest: webhook.url, stream: true, signatureToken: ownName() }
    const made = await tester.send('POST', `${path}/subscriptions`, { body })
    if ([400, 403].includes(made.status) && /dest/.test(made.text))
      throw new Skip(`服务器不接受 ${webhook.url}`, `the server does not take ${webhook.url}: ${brief(made.text, 200)}`)
    expectStatus(made, 201)
    const event = objectEvent({ epcList: [epc] })
    await tester.capture([event])
    const came = await webhook.wait(({ text }) => text.includes(String(event.eventID)), DELIVERY_MS)
    if (!came) throw new Mismatch(`a delivery of ${event.eventID} within ${DELIVERY_MS / 1000} s`, 'none', made)
    const answer = { ...made, text: came.text }
    expectThat(
      answer,
      '/type: EPCISQueryDocument',
      memberOf(jsonOf(answer), 'type') === 'EPCISQueryDocument',
      came.text,
    )
    const results = memberOf(jsonOf(answer), 'epcisBody', 'queryResults')
    for (const name of ['queryName', 'subscriptionID'])
      expectThat(answer, `/epcisBody/queryResults/${name}`, typeof memberOf(results, name) === 'string', came.text)
    expectThat(answer, 'header GS1-Signature', came.headers['gs1-signature'] !== undefined, Object.keys(came.headers))
  } finally {
    webhook.close()
  }
}
