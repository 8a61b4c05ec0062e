const DAY = 86_400_000
const MINUTE = 60_000

/** Instant in milliseconds of a wall clock time in the city: `timeAt('2026-09-01', 2, '06:30')` is 3 September. */
export function timeAt(date: string, plusDays: number, clock: string, zone: string): number {
  return Date.parse(`${date}T${clock}:00${zone}`) + plusDays * DAY
}

export const minutes = (count: number): number => count * MINUTE
export const days = (count: number): number => count * DAY

/** ISO 8601 with the city's offset, whole seconds. */
export function timeText(time: number, zone: string): string {
  const [, sign, hours, mins] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? []
  const shift = (Number(hours) * 60 + Number(mins)) * MINUTE * (sign === '-' ? -1 : 1)
  return new Date(time + shift).toISOString().slice(0, 19) + zone
}

/** Date in the city: 2026-09-01. */
export const dateText = (time: number, zone: string): string => timeText(time, zone).slice(0, 10)

/** Date as lots carry it: 260901. */
export const lotDate = (time: number, zone: string): string => dateText(time, zone).slice(2).replaceAll('-', '')
