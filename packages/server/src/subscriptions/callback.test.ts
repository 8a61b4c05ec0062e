import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { type Received, receivers } from './receiver.fixture.ts'

interface Call {
  parameters: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody: { content: Record<string, { schema: object }> }
  responses: Record<string, unknown>
}

/** Headers of HTTP itself, and Content-Type, which the content tells (OAS 3.1 §4.8.12). */
const OF_HTTP = ['host', 'connection', 'content-length', 'content-type']

let p: Platform
let faultOf: (message: Received | undefined) => string | null
beforeAll(async () => {
  p = await startPlatform({ WEBHOOK_ALLOW: '127.0.0.1' })
  const { paths, components } = await (await p.call('/api/openapi.json', { key: null })).json()
  const { callbacks } = paths['/epcis/queries/{name}/subscriptions'].post
  const { post, ...others } = callbacks.querySubscriptionResults['{$request.body#/dest}']
  expect(others).toEqual({})
  faultOf = comparison(post, components)
})
afterAll(() => p.stop())

const receiver = receivers()

/** What the description does not say of a message, or says and is not so; null where all of it is as described. */
function comparison({ parameters, requestBody }: Call, components: object): typeof faultOf {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const takes = (schema: object, value: unknown) =>
    ajv.validate({ ...schema, components }, value) ? null : `${ajv.errorsText()}: ${JSON.stringify(value)}`
  return message => {
    if (!message) return 'no message'
    const described = new Map(parameters.map(parameter => [parameter.name.toLowerCase(), parameter]))
    for (const [name, value] of Object.entries(message.headers)) {
      if (OF_HTTP.includes(name)) continue
      const parameter = described.get(name)
      if (!parameter) return `header ${name} is not described`
      const fault = takes(parameter.schema, value)
      if (fault) return `header ${name}: ${fault}`
    }
    for (const { name, required } of parameters)
      if (required && !(name.toLowerCase() in message.headers)) return `no header ${name}`
    const type = message.headers['content-type']?.split(';')[0] ?? ''
    const content = requestBody.content[type]
    if (!content) return `${type} is not described`
    return takes(content.schema, type.endsWith('json') ? JSON.parse(message.body) : message.body)
  }
}

let counter = 0

/** The first message of a subscription to a query of its own. */
async function told(draft: object, breaks = false): Promise<Received | undefined> {
  const name = `told${++counter}`
  const place = `https://own.example.org/told/${counter}`
  const post = (path: string, body: unknown) => p.call(path, { method: 'POST', body: JSON.stringify(body) })
  expect((await post('/epcis/queries', { name, query: { EQ_readPoint: [place] } })).status).toBe(201)
  const r = await receiver()
  const made = await post(`/epcis/queries/${name}/subscriptions`, { dest: r.dest, stream: true, ...draft })
  expect(made.status).toBe(201)
  if (breaks) {
    const { db } = p.running.parts
    await db.run(sql`update named_query set parameters = '{"EQ_gone":["x"]}' where name = ${name}`)
    await post(`/api/subscriptions/${(await made.json()).subscriptionID}/resend`, {})
  }
  // The serial of a product whose company prefix nobody knows: what has no URN is named in Warning.
  await p.capture(
    documentOf([objectEvent({ readPoint: { id: place }, epcList: [`https://id.gs1.org/01/00000095${counter}`] })]),
  )
  await expect.poll(() => r.taken.length, { timeout: 30_000 }).toBeGreaterThan(0)
  return r.taken[0]
}

it.each([
  ['a document in JSON, signed', { signatureToken: 'a secret of at least 32 characters' }, false, 'application/json'],
  ['a document in XML', { mediaType: 'application/xml', cbvXmlFormat: 'Always_URN' }, false, 'application/xml'],
  ['a document with codes as URNs', { epcFormat: 'Always_EPC_URN' }, false, 'application/json'],
  ['a problem in JSON', { secret: 'x' }, true, 'application/problem+json'],
  ['a problem in XML', { mediaType: 'application/xml' }, true, 'application/problem+xml'],
])('%s is as the callback of the OpenAPI description says', async (_what, draft, breaks, type) => {
  const message = (await told(draft, breaks)) as Received
  expect(message.headers['content-type']).toContain(type)
  expect(faultOf(message)).toBeNull()
  expect('warning' in message.headers).toBe('epcFormat' in draft)
  expect('gs1-signature' in message.headers).toBe('signatureToken' in draft || 'secret' in draft)

  // A message of another kind would be noticed.
  const but = (headers: object, body = message.body) =>
    faultOf({ ...message, headers: { ...message.headers, ...headers }, body })
  expect(but({ 'x-other': '1' })).toMatch(/not described/)
  expect(but({ 'gs1-epc-format': 'No_Preference' })).toMatch(/gs1-epc-format: /)
  expect(but({ 'content-type': 'text/plain' })).toMatch(/not described/)
  if (type.endsWith('json')) expect(but({}, '{}')).toMatch(/must have required property/)
})
