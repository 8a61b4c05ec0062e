import { captureDocument } from './capture-documents.ts'

/** An event that the platform has acknowledged. */
export interface Acknowledged {
  id: string
  /** as it was sent */
  text: string
  /** when the answer was there (performance.now()) */
  at: number
}

/** What is remembered of the events that were acknowledged: some by chance, and the last ones. */
export interface Sample {
  add(writer: number, event: Acknowledged): void
  /** The event acknowledged last of all; undefined before the first. */
  latest(): Acknowledged | undefined
  /** One of those kept, whenever it was. */
  any(): Acknowledged | undefined
  /** The last one of each writer: who covers these covers all, since a writer waits for each answer. */
  lastOfEach(): Acknowledged[]
}

const KEPT = 5_000

export function openSample(random: () => number): Sample {
  const kept: Acknowledged[] = []
  const last = new Map<number, Acknowledged>()
  let latest: Acknowledged | undefined
  let offered = 0
  return {
    add(writer, event) {
      latest = event
      last.set(writer, event)
      // Each that was ever offered is kept with the same chance (reservoir sampling).
      const at = offered++ < KEPT ? kept.length : Math.floor(random() * offered)
      if (at < KEPT) kept[at] = event
    },
    latest: () => latest,
    any: () => kept[Math.floor(random() * kept.length)],
    lastOfEach: () => [...last.values()],
  }
}

/** Gives so many new events, each as a text. */
export function openStock(): (count: number) => string[] {
  let stock: string[] = []
  return count => {
    while (stock.length < count) stock = stock.concat(captureDocument().texts)
    return stock.splice(0, count)
  }
}

/** Id of an event of the stock. */
export function idOf(text: string): string {
  return (JSON.parse(text) as { eventID: string }).eventID
}
