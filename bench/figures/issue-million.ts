import { makeDatabase } from '../lib/database.ts'
import type { Figure } from '../lib/figure.ts'
import { atMost, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { median, timed } from '../lib/stats.ts'

const COUNT = 1_000_000
const PAGE = 1_000
/** Labels of an answer where nothing is said. */
const LABELS = 24

/** A range of a million random codes over HTTP, the first pages of its list and of its labels, and its activation. */
export const issueMillionFigure: Figure = {
  id: 'issue-million',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const database = await makeDatabase(kind, 'issue', options)
    const server = await serve(database, options)
    const { client } = server
    const times = { issue: [] as number[], page: [] as number[], labels: [] as number[], activate: [] as number[] }
    async function post(path: string, body: unknown, status: number): Promise<{ id?: number; changed?: number }> {
      const answer = await client.post(path, JSON.stringify(body))
      if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${answer.body.toString().slice(0, 300)}`)
      return JSON.parse(answer.body.toString())
    }
    // the first round warms up
    for (let round = 0; round <= options.rounds; round++) {
      let id = 0
      const issue = await timed(async () => {
        id = (await post('/api/codes/ranges', { scheme: 'trace-code', count: COUNT }, 201)).id ?? 0
      })
      const page = await timed(async () => {
        const answer = await client.get(`/api/codes/ranges/${id}/codes?limit=${PAGE}`)
        const lines = answer.body.toString().trimEnd().split('\n')
        if (answer.status !== 200 || new Set(lines).size !== PAGE)
          throw new Error(`page of range ${id}: ${answer.status}`)
      })
      const labels = await timed(async () => {
        const answer = await client.get(`/api/labels/sheet?range=${id}`)
        const drawn = answer.body.toString().split('<div class="label">').length - 1
        if (answer.status !== 200 || drawn !== LABELS)
          throw new Error(`labels of range ${id}: ${answer.status}, ${drawn}`)
      })
      const activate = await timed(async () => {
        const { changed } = await post('/api/codes/states', { state: 'active', range: id }, 200)
        if (changed !== COUNT) throw new Error(`${changed} codes of range ${id} were activated`)
      })
      if (round === 0) continue
      times.issue.push(issue)
      times.page.push(page)
      times.labels.push(labels)
      times.activate.push(activate)
    }
    await server.stop()
    await database.remove()
    const row = (id: string, title: string, of: number[], bar: number): Row => ({
      id,
      title,
      database: kind,
      value: median(of),
      unit: 'ms',
      bar: atMost(bar),
      raw: null,
      note: `longest ${Math.round(Math.max(...of))} ms`,
    })
    return [
      row('issue-million', 'a range of 1,000,000 random codes handed out', times.issue, 100),
      row('issue-million-page', `the first ${PAGE} of its codes as NDJSON`, times.page, 1_000),
      row('issue-million-labels', `the first page of labels to print, ${LABELS}`, times.labels, 1_000),
      row('issue-million-activate', 'all of them set active', times.activate, 100),
    ]
  },
}
