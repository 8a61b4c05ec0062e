import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../../packages/server/src/lib/paths.ts'
import { codeLists } from '../lib/code-lists.ts'
import type { Figure } from '../lib/figure.ts'
import { progress } from '../lib/progress.ts'
import { atLeast, type Row } from '../lib/row.ts'
import { median } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

const COUNT = 100_000
const BAR = 500_000
const MEASURE = join(ROOT, 'bench/lib/identify-rates.js')

/**
 * Codes identified a second on one core, beside JSON.parse of the same strings wrapped as one-field objects:
 * a mixed list of all schemes, and Digital Links. No database takes part.
 */
export const codesFigure: Figure = {
  id: 'codes',
  databases: ['embedded'],
  async run({ database, options }) {
    const { codes, mixed, links } = codeLists(COUNT)
    return [
      measured('codes', 'codes of all schemes identified', mixed),
      measured('codes-link', 'Digital Links parsed', links),
    ]

    function measured(id: string, title: string, texts: string[]): Row {
      const strays = texts.filter(text => !codes.identify(text).some(r => r.ok && r.scheme !== 'uri'))
      if (strays.length > 0) throw new Error(`${id}: ${strays.length} codes are not read, e.g. ${strays[0]}`)
      const input = JSON.stringify({ files: [...codes.schemes.values()], texts, rounds: options.rounds + 2 })
      const said = execFileSync(process.execPath, [MEASURE], { input, encoding: 'utf8' })
      const { ours, raw } = JSON.parse(said) as { ours: number[]; raw: number[] }
      progress(`${id}: ${ours.map(figures).join(', ')} /s`)
      // the first two rounds only warm up
      return {
        id,
        title,
        database,
        value: median(ours.slice(2)),
        unit: '/s',
        bar: atLeast(BAR),
        raw: { value: median(raw.slice(2)), unit: '/s', what: 'JSON.parse of {"a":"<code>"}' },
        note: `${figures(texts.length)} codes, one core`,
      }
    }
  },
}
