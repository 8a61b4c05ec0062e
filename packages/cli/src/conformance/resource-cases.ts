import type { Case } from './case.ts'
import { nextOf } from './exchange.ts'
import { expectEqual, expectEvents, expectMember, expectProblem, expectStatus, expectThat } from './expect.ts'
import type { Tester } from './tester.ts'
import { LABELS, type World } from './world.ts'

/** Top-level resources, a value that the known events have, and which of them are below it. */
const RESOURCES: readonly [kind: string, value: (world: World) => string, finds: string, listed: RegExp | null][] = [
  ['eventTypes', () => 'AggregationEvent', 'c', /(^|[/:#])ObjectEvent$/],
  ['epcs', world => world.names.item1 ?? '', 'abcd', null],
  ['bizSteps', () => 'packing', 'c', /(^|[-:/])shipping$/],
  ['bizLocations', world => world.names.place2 ?? '', 'b', null],
  ['readPoints', world => world.names.place1 ?? '', 'ab', null],
  ['dispositions', () => 'in_transit', 'b', /(^|[-:/])in_transit$/],
]
/** Pages of a list that are read at most. */
const PAGES = 10

const OF_VALUES: readonly Case[] = RESOURCES.flatMap(([kind, valueIn, finds, listed]): Case[] => [
  {
    id: `resources/${kind}`,
    clause: `§12.5; GET /${kind}`,
    does: { zh: `读取 /${kind}`, en: `reads /${kind}` },
    expects: {
      zh: 'Collection，含标准取值或已采集的取值',
      en: 'a Collection with the standard values or those captured',
    },
    async run(tester) {
      await tester.world()
      let answer = expectStatus(await tester.get(`/${kind}?perPage=100`), 200)
      expectEqual(answer, '/type', expectMember(answer, 'string', 'type'), 'Collection')
      const members: string[] = []
      for (let page = 1; ; page++) {
        members.push(...expectMember<string[]>(answer, 'array', 'member'))
        const next = nextOf(answer)
        if (next === null || page === PAGES) break
        answer = expectStatus(await tester.get(`/${kind}${next}`), 200)
      }
      const sound = listed ? members.some(member => listed.test(member)) : members.length > 0
      expectThat(answer, `/member: ${listed ? listed.source : 'some'}`, sound, members.slice(0, 10))
    },
  },
  {
    id: `resources/${kind}-value`,
    clause: `§12.5; GET /${kind}/{value}`,
    does: { zh: `读取 /${kind}/{value}`, en: `reads /${kind}/{value}` },
    expects: { zh: 'Collection，含 events', en: 'a Collection with "events"' },
    async run(tester) {
      const path = `/${kind}/${encodeURIComponent(valueIn(await tester.world()))}`
      const answer = expectStatus(await tester.get(path), 200)
      const members = expectMember<string[]>(answer, 'array', 'member')
      expectThat(answer, '/member: events', members.includes('events'), members)
    },
  },
  {
    id: `resources/${kind}-events`,
    clause: `§12.5; GET /${kind}/{value}/events`,
    does: { zh: `读取 /${kind}/{value}/events`, en: `reads /${kind}/{value}/events` },
    expects: { zh: `恰为事件 {${[...finds].join(', ')}}`, en: `exactly the events {${[...finds].join(', ')}}` },
    async run(tester) {
      const world = await tester.world()
      const answer = await below(tester, kind, valueIn(world), world)
      const ids = new Set(expectEvents(answer).map(e => e.eventID))
      expectEqual(answer, 'events', LABELS.filter(label => ids.has(world.ids[label])).join(''), finds)
    },
  },
  {
    id: `resources/${kind}-events-refused`,
    clause: `§8.2.7.1; GET /${kind}/{value}/events 400`,
    does: { zh: `/${kind}/{value}/events 带未知参数`, en: `/${kind}/{value}/events with an unknown parameter` },
    expects: { zh: '400 QueryParameterException', en: '400 QueryParameterException' },
    async run(tester) {
      const value = encodeURIComponent(valueIn(await tester.world()))
      expectProblem(await tester.get(`/${kind}/${value}/events?EQ_nothing=x`), [400], 'QueryParameterException')
    },
  },
])

/** Top-level resources and what is below them (EPCIS 2.0 §12.5). */
export const RESOURCE_CASES: readonly Case[] = [
  ...OF_VALUES,
  ...(['/eventTypes/Nope', '/eventTypes/Nope/events'] as const).map(
    (path): Case => ({
      id: `resources/no-such${path.replace('Nope', 'value').replaceAll('/', '-')}`,
      clause: `§12.5; GET ${path} 404`,
      does: { zh: `读取 ${path}`, en: `reads ${path}` },
      expects: { zh: '404', en: '404' },
      async run(tester) {
        expectProblem(await tester.get(path), [404], 'NoSuchResourceException', 'NoSuchNameException')
      },
    }),
  ),
]

function below(tester: Tester, kind: string, value: string, { scope }: World) {
  return tester.get(`/${kind}/${encodeURIComponent(value)}/events?${new URLSearchParams(scope)}`)
}
