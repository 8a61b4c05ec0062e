import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIZ_STEPS, DISPOSITIONS } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { MIGRATIONS } from '../lib/paths.ts'
import { STANDARD_TYPES } from './names.ts'

/** Documents give one prefix to several namespaces. */
const HERE = 'https://ns.example.com/epcis/'
const THERE = 'https://other.example/ns/'
const OWN = 'https://own.example/'
const KINDS = ['eventTypes', 'bizSteps', 'dispositions'] as const
const OF_STANDARD = { eventTypes: STANDARD_TYPES, bizSteps: BIZ_STEPS, dispositions: DISPOSITIONS }

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
  const context = (example: string) => ({ '@context': [CONTEXT, { example }] })
  const said = { bizStep: 'example:st', disposition: 'example:st' }
  await p.capture(documentOf([objectEvent(said), objectEvent({ type: 'example:st' })], context(HERE)))
  await p.capture(documentOf([objectEvent(said), objectEvent({ type: 'example:st' })], context(THERE)))
  await p.capture(
    documentOf([
      objectEvent({ bizStep: `${HERE}st`, disposition: `${HERE}st` }),
      // What an event declares itself wins.
      objectEvent({ '@context': { ext: OWN }, bizStep: 'ext:st', disposition: 'ext:st' }),
      objectEvent({ '@context': { ext: OWN }, type: 'ext:st' }),
      // A namespace of the standard under another prefix.
      objectEvent({ '@context': { c: 'https://ref.gs1.org/cbv/' }, bizStep: 'c:BizStep-shipping' }),
    ]),
  )
})
afterAll(() => p.stop())

const ask = (path: string, extensions?: string) =>
  p.call(`/epcis/${path}`, { headers: extensions ? { 'gs1-extensions': extensions } : {} })
const url = (value: string) => encodeURIComponent(value)

async function own(kind: (typeof KINDS)[number], extensions?: string) {
  const answer = await ask(`${kind}?perPage=1000`, extensions)
  expect(answer.status).toBe(200)
  const { '@context': context, member } = (await answer.json()) as { '@context': unknown; member: string[] }
  const standard = OF_STANDARD[kind]
  expect(member.slice(0, standard.length)).toEqual(standard)
  return { context, names: member.slice(standard.length) }
}

async function eventsBelow(kind: string, value: string, extensions?: string): Promise<number> {
  const answer = await ask(`${kind}/${url(value)}/events`, extensions)
  expect(answer.status).toBe(200)
  return (await answer.json()).epcisBody.queryResults.resultsBody.eventList.length
}

describe.each(KINDS)('%s', kind => {
  it('are listed by their full names, each once, and are there', async () => {
    const { context, names } = await own(kind)
    expect(context).toBe(CONTEXT)
    expect(names).toEqual([`${HERE}st`, `${THERE}st`, `${OWN}st`])
    for (const name of names) {
      const answer = await ask(`${kind}/${url(name)}`)
      expect([answer.status, (await answer.json()).member]).toEqual([200, ['events']])
    }
    expect(await eventsBelow(kind, `${HERE}st`)).toBe(kind === 'eventTypes' ? 1 : 2)
    expect(await eventsBelow(kind, `${THERE}st`)).toBe(1)
    expect((await ask(`${kind}/${url(`${HERE}other`)}`)).status).toBe(404)
  })

  it('with prefixes of the client can be asked for by what the list says', async () => {
    const extensions = `here=${HERE}, example=${THERE}`
    const { context, names } = await own(kind, extensions)
    expect(context).toEqual([CONTEXT, { here: HERE, example: THERE }])
    expect(names).toEqual(['here:st', 'example:st', `${OWN}st`])
    for (const name of names) expect((await ask(`${kind}/${url(name)}`, extensions)).status, name).toBe(200)
    expect(await eventsBelow(kind, 'here:st', extensions)).toBe(kind === 'eventTypes' ? 1 : 2)
    expect((await ask(`${kind}/here:other`, extensions)).status).toBe(404)
    expect((await ask(`${kind}/example:st`, 'example=https://nobody.example/')).status).toBe(404)
  })

  it('with a prefix that the client does not declare are any that a document meant', async () => {
    expect((await ask(`${kind}/example:st`)).status).toBe(200)
    expect(await eventsBelow(kind, 'example:st')).toBe(kind === 'eventTypes' ? 2 : 3)
    expect((await ask(`${kind}/example:other`)).status).toBe(404)
    expect((await ask(`${kind}/nobody:st`)).status).toBe(404)
  })

  it('keep their full names where a prefix would make others of them', async () => {
    // `urn:` and `//` begin full names; a word of the standard has no namespace.
    for (const extensions of [`urn=${HERE}`, 'h=https:', 'x=ship, y=Object, z=in_']) {
      expect((await own(kind, extensions)).names, extensions).toEqual([`${HERE}st`, `${THERE}st`, `${OWN}st`])
    }
  })
})

describe('the lists of an older version', () => {
  const listed = (kind: 'bizSteps' | 'dispositions') => own(kind).then(({ names }) => names)
  const script = readFileSync(join(MIGRATIONS, '0021_full_names.sql'), 'utf8')
  const run = (text: string) => p.running.parts.db.script(text)
  const position = async () => {
    const strings = ["select position from log_reader where name = 'event-vocabulary'"]
    return (await p.running.parts.db.row<{ position: number }>({ strings, values: [] }))?.position
  }

  it('are made anew where they have prefixes, and otherwise stay', async () => {
    const names = await listed('bizSteps')
    const read = await position()
    expect(read).toBeGreaterThan(0)
    await run(script)
    expect(await position()).toBe(read)

    await run(`delete from event_vocabulary where field in (1, 2);
      insert into event_vocabulary select field, t.id, e.organisation from term t, (values (1), (2)) as f (field),
        (select distinct organisation from event) e where t.text in ('example:st', 'ext:st', '${HERE}st')`)
    expect(await listed('bizSteps')).toEqual(['example:st', 'ext:st', `${HERE}st`])
    await run(script)
    expect(await position()).toBe(0)
    expect(await listed('bizSteps')).toEqual(names)
    expect(await listed('dispositions')).toEqual(names)
    expect(await position()).toBe(read)
  })
})

describe('codes of things and places', () => {
  it('are written as such, whatever prefixes the client declares', async () => {
    const place = 'https://id.gs1.org/414/0012345111112/254/400'
    const item = 'https://id.gs1.org/01/09521234543213/21/whole'
    const event = objectEvent({ epcList: [item], readPoint: { id: place }, bizLocation: { id: place } })
    await p.capture(documentOf([event]))
    for (const [kind, code] of [
      ['epcs', item],
      ['readPoints', place],
      ['bizLocations', place],
    ] as const) {
      const headers = { 'gs1-extensions': 'g=https://id.gs1.org/', 'gs1-epc-format': 'Always_GS1_Digital_Link' }
      const answer = await p.call(`/epcis/${kind}?perPage=1000`, { headers })
      const { '@context': context, member } = (await answer.json()) as { '@context': unknown; member: string[] }
      expect(context).toBe(CONTEXT)
      expect(member).toContain(code)
      for (const one of member) expect((await p.call(`/epcis/${kind}/${url(one)}`, { headers })).status, one).toBe(200)
    }
  })
})
