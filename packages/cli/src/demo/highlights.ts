import type { DemoCity, Text } from './city.ts'
import { pathOf } from './codes.ts'
import { STORIES, tellAll } from './tell.ts'

export interface DemoHighlight {
  title: Text
  /** Digital Link path: `/01/…/10/…` */
  code: string
  shows: Text
}

/**
 * What the home page of a demonstration offers: one entry per story and per fault that is there on purpose.
 * @throws Error where a story file names a unit that its story does not have
 */
export function demoHighlights(city: DemoCity): DemoHighlight[] {
  const { units } = tellAll(city)
  return STORIES.flatMap(({ name }) =>
    city.stories[name].highlights.map(({ unit, title, shows }) => {
      const link = units[unit]
      if (link === undefined) throw new Error(`data/demo/stories/${name}.json: highlight of unknown unit "${unit}"`)
      return { title, code: pathOf(link), shows }
    }),
  )
}
