import { type Codes, Problem } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { keyOfText } from '../resolve/resolve.ts'
import type { Formats } from './formats.ts'
import { type Run, runsOf } from './intervals.ts'
import { placeOf, serialsOf } from './serials.ts'
import * as store from './store.ts'

/** A code of a range. */
export interface Located {
  space: store.SpaceRow
  range: store.RangeRow
  n: number
}

/** A code that lies where this platform gives out the numbers; `range` null: it was never issued. */
export type Place = Located | { space: store.SpaceRow; range: null }

export interface Locator {
  /** For each unit key the code that it is; null where numbers there are not ours. Two statements for all of them. */
  locate(keys: readonly string[]): Promise<(Place | null)[]>
  /** The codes meant by texts, all of them the caller's own, as runs by range. Throws 400 and 404 with the place. */
  runs(texts: readonly string[], actor: Actor): Promise<Map<number, Run[]>>
  /** The one code that a text means. Throws 404 where it was not issued, or not to the caller. */
  one(text: string, actor: Actor): Promise<Located>
}

/** Longest serial with its check character. */
const LONGEST_SERIAL = 16

/** From codes to ranges: by the prefix to the space, by the number to the range, by its key to the code's number. */
export function createLocator({ db, codes, formats }: { db: Db; codes: Codes; formats: Formats }): Locator {
  async function locate(keys: readonly string[]): Promise<(Place | null)[]> {
    const spaces = new Map<string, store.SpaceRow>()
    for (const space of await store.spacesAt(db, [...new Set(keys.flatMap(prefixesOf))]))
      spaces.set(`${space.prefix} ${space.prefix.length + space.length}`, space)
    const found = keys.map(key => {
      for (const prefix of prefixesOf(key)) {
        const space = spaces.get(`${prefix} ${key.length}`)
        const format = space && formats.get(space.scheme)
        if (!format) continue
        const place = placeOf(format, space, key)
        // what lay there before the platform gave out numbers is not ours
        if (place !== null && (place === 'misspelt' || place >= space.first)) return { space, format, place }
      }
      return null
    })
    const asked = found.flatMap(f => (f && f.place !== 'misspelt' ? [{ space: f.space.id, place: f.place }] : []))
    const ranges = asked.length ? await store.rangesAt(db, asked) : []
    let next = 0
    return found.map(f => {
      if (!f) return null
      const range = f.place === 'misspelt' ? null : (ranges[next++] ?? null)
      if (!range || f.place === 'misspelt') return { space: f.space, range: null }
      const n = serialsOf(f.format, f.space, range).numberAt(f.place)
      return n === null ? { space: f.space, range: null } : { space: f.space, range, n }
    })
  }

  const keyOf = (text: string, pointer: string) => keyOfText(codes, text, pointer)
  const isOwn = (place: Place, actor: Actor) =>
    place.space.organisation === actor.organisation || actor.permissions.has('admin')

  return {
    locate,
    async runs(texts, actor) {
      const places = await locate(texts.map((text, i) => keyOf(text, `/codes/${i}`)))
      const errors = places.flatMap((place, i) =>
        place?.range && isOwn(place, actor)
          ? []
          : [
              {
                pointer: `/codes/${i}`,
                message: `not issued to your organisation 不是本单位领用的编码: ${texts[i]?.slice(0, 100)}`,
              },
            ],
      )
      if (errors.length) throw new Problem('code-not-issued', { errors: errors.slice(0, 100) })
      const numbers = new Map<number, number[]>()
      for (const place of places as Located[]) {
        const list = numbers.get(place.range.id)
        if (list) list.push(place.n)
        else numbers.set(place.range.id, [place.n])
      }
      return new Map([...numbers].map(([range, list]) => [range, runsOf(list)]))
    },
    async one(text, actor) {
      const [place] = await locate([keyOf(text, '/query/code')])
      if (place?.range && isOwn(place, actor)) return place
      throw new Problem('code-not-issued', {
        detail: `${text.slice(0, 100)}: not a code of your organisation 不是本单位领用的编码`,
      })
    },
  }
}

function prefixesOf(key: string): string[] {
  const prefixes: string[] = []
  for (let end = Math.max(1, key.length - LONGEST_SERIAL); end < key.length; end++) prefixes.push(key.slice(0, end))
  return prefixes
}
