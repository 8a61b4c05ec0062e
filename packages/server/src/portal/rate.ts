/** Counts requests of an address. */
export interface Rate {
  /** 0 if the request is within the limit, else the seconds after which to come again. */
  over(address: string): number
}

/** More addresses than this are not remembered; those that came first are forgotten first. */
const REMEMBERED = 50_000

/**
 * A bucket of tokens for each address: `perMinute` at once, filled up evenly. 0: no limit. Counted in this process.
 */
export function createRate(perMinute: number, clock: () => number = Date.now): Rate {
  if (perMinute === 0) return { over: () => 0 }
  const buckets = new Map<string, { tokens: number; at: number }>()
  const perMilli = perMinute / 60_000
  return {
    over(address) {
      const now = clock()
      const key = network(address)
      let bucket = buckets.get(key)
      if (!bucket) {
        if (buckets.size >= REMEMBERED) for (const first of buckets.keys()) if (buckets.delete(first)) break
        bucket = { tokens: perMinute, at: now }
        buckets.set(key, bucket)
      }
      bucket.tokens = Math.min(perMinute, bucket.tokens + (now - bucket.at) * perMilli)
      bucket.at = now
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMilli / 1000)
      bucket.tokens -= 1
      return 0
    },
  }
}

/** IPv6 users have a whole /64 of addresses. */
function network(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const gap = address.includes('::') ? Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0') : []
  return [...front, ...gap, ...back].slice(0, 4).join(':')
}
