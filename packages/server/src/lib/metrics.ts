/** Counters and gauges in the text form that Prometheus reads (exposition format 0.0.4). */
export interface Metrics {
  /** Adds to a counter; labels are few and of few values. */
  count(name: string, labels?: Record<string, string>, by?: number): void
  /** One observation of a duration in seconds. */
  observe(name: string, seconds: number, labels?: Record<string, string>): void
  /** A value read when asked for. */
  gauge(name: string, help: string, read: () => number): void
  text(): string
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Histogram {
  buckets: number[]
  sum: number
  count: number
}

const HELP: Record<string, string> = {
  yuanliu_http_requests_total: 'HTTP requests answered, by route group and status class',
  yuanliu_http_request_seconds: 'Time to answer HTTP requests',
  yuanliu_webhook_messages_total: 'Messages to receivers of subscriptions, by result',
  yuanliu_webhook_seconds: 'Time until a receiver has answered',
  yuanliu_events_total: 'Events received, by receipt',
  yuanliu_witness_requests_total: 'Requests to cosign a checkpoint of another log, by status',
  yuanliu_witness_suspicions_total: 'Checkpoints of other logs whose proof did not hold',
  yuanliu_log_witness_requests_total: 'Requests to witnesses to cosign this log, by what they said',
  yuanliu_log_alarms_total: 'Witnesses that contradict this log: ahead, refused',
  yuanliu_log_anchor_failures_total: 'Failed tries to anchor a checkpoint',
}

export function createMetrics(): Metrics {
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  const gauges = new Map<string, { help: string; read: () => number }>()
  return {
    count(name, labels = {}, by = 1) {
      const series = at(counters, name, () => new Map<string, number>())
      const key = labelText(labels)
      series.set(key, (series.get(key) ?? 0) + by)
    },
    observe(name, seconds, labels = {}) {
      const series = at(histograms, name, () => new Map<string, Histogram>())
      const h = at(series, labelText(labels), () => ({ buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }))
      // Each observation in its own bucket; they are added up when somebody reads.
      let i = 0
      while (i < BUCKETS.length && seconds > (BUCKETS[i] as number)) i++
      if (i < BUCKETS.length) (h.buckets[i] as number)++
      h.sum += seconds
      h.count++
    },
    gauge(name, help, read) {
      gauges.set(name, { help, read })
    },
    text() {
      const lines: string[] = []
      for (const [name, { help, read }] of gauges)
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`)
      for (const [name, series] of counters) {
        lines.push(`# HELP ${name} ${HELP[name] ?? name}`, `# TYPE ${name} counter`)
        for (const [labels, n] of series) lines.push(`${name}${braced(labels)} ${n}`)
      }
      for (const [name, series] of histograms) {
        lines.push(`# HELP ${name} ${HELP[name] ?? name}`, `# TYPE ${name} histogram`)
        for (const [labels, h] of series) {
          const prefix = labels ? `${labels},` : ''
          let sum = 0
          BUCKETS.forEach((le, i) => {
            sum += h.buckets[i] as number
            lines.push(`${name}_bucket{${prefix}le="${le}"} ${sum}`)
          })
          lines.push(`${name}_bucket{${prefix}le="+Inf"} ${h.count}`)
          lines.push(`${name}_sum${braced(labels)} ${h.sum}`, `${name}_count${braced(labels)} ${h.count}`)
        }
      }
      return `${lines.join('\n')}\n`
    },
  }
}

function at<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

const texts = new WeakMap<object, string>()

/** Made once for labels that are the same object every time. */
function labelText(labels: Record<string, string>): string {
  let text = texts.get(labels)
  if (text === undefined) {
    text = labelWords(labels)
    texts.set(labels, text)
  }
  return text
}

function labelWords(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([k, v]) => `${k}="${v.replace(/["\\\n]/g, '_')}"`)
    .join(',')
}

function braced(labels: string): string {
  return labels ? `{${labels}}` : ''
}
