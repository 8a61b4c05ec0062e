import type { DemoCity } from './city.ts'
import { cylinderStory } from './cylinder.ts'
import { drugStory } from './drugs.ts'
import { elevatorStory } from './elevators.ts'
import type { Told } from './lots.ts'
import { oilStory } from './oil.ts'
import { porkStory } from './pork.ts'
import { retailStory } from './retail.ts'
import type { Stories } from './story-data.ts'
import { vaccineStory } from './vaccine.ts'
import { vegetableStory } from './vegetables.ts'
import { wineStory } from './wine.ts'

/** Every story of the city and who tells it, in the order of the home page. */
export const STORIES: readonly { name: keyof Stories; tell: (city: DemoCity) => Told }[] = [
  { name: 'pork', tell: porkStory },
  { name: 'vegetables', tell: vegetableStory },
  { name: 'oil', tell: oilStory },
  { name: 'drugs', tell: drugStory },
  { name: 'vaccine', tell: vaccineStory },
  { name: 'elevators', tell: elevatorStory },
  { name: 'cylinder', tell: cylinderStory },
  { name: 'wine', tell: wineStory },
  { name: 'retail', tell: retailStory },
]

/** All stories: every record, and what the stories call their units. Two stories may not use one name. */
export function tellAll(city: DemoCity): Told {
  const told: Told = { records: [], units: {} }
  for (const { name, tell } of STORIES) {
    const { records, units } = tell(city)
    told.records.push(...records)
    for (const [unit, link] of Object.entries(units)) {
      if (unit in told.units)
        throw new Error(`data/demo/stories/${name}.json: unit "${unit}" is named by another story`)
      told.units[unit] = link
    }
  }
  return told
}
