import { readFileSync, writeFileSync } from 'node:fs'
import type { DatabaseKind } from '../packages/server/src/lib/db/db.ts'
import { captureFigure } from './figures/capture.ts'
import { captureGrowthFigure } from './figures/capture-growth.ts'
import { captureMemoryFigure } from './figures/capture-memory.ts'
import { captureSingleFigure } from './figures/capture-single.ts'
import { captureXmlFigure } from './figures/capture-xml.ts'
import { codesFigure } from './figures/codes.ts'
import { issueMillionFigure } from './figures/issue-million.ts'
import { logLargeFigure } from './figures/log-large.ts'
import { logOverheadFigure } from './figures/log-overhead.ts'
import { logProofFigure } from './figures/log-proof.ts'
import { logSequenceFigure } from './figures/log-sequence.ts'
import { logVerifyFigure } from './figures/log-verify.ts'
import { matchEpcFigure } from './figures/match-epc.ts'
import { pageFigure } from './figures/page.ts'
import { pageColdFigure } from './figures/page-cold.ts'
import { pageDepthFigure } from './figures/page-depth.ts'
import { pageSizeFigure } from './figures/page-size.ts'
import { pageValidatedFigure } from './figures/page-validated.ts'
import { startFigure } from './figures/start.ts'
import { storageFigure } from './figures/storage.ts'
import { traceBackwardFigure } from './figures/trace-backward.ts'
import { traceBlocksFigure } from './figures/trace-blocks.ts'
import { traceForwardFigure } from './figures/trace-forward.ts'
import { webhookFigure } from './figures/webhook.ts'
import type { Figure } from './lib/figure.ts'
import { machine } from './lib/machine.ts'
import { type Options, readOptions, USAGE } from './lib/options.ts'
import { minutesGone, progress } from './lib/progress.ts'
import { isMet, type Row } from './lib/row.ts'
import { runCommand } from './lib/run.ts'
import { jsonRows, markdownTable, textTable } from './lib/table.ts'
import { openWorlds } from './lib/worlds.ts'

const FIGURES: readonly Figure[] = [
  codesFigure,
  captureFigure,
  captureXmlFigure,
  captureSingleFigure,
  captureMemoryFigure,
  captureGrowthFigure,
  storageFigure,
  matchEpcFigure,
  pageDepthFigure,
  traceBackwardFigure,
  traceBlocksFigure,
  traceForwardFigure,
  issueMillionFigure,
  logOverheadFigure,
  logSequenceFigure,
  logProofFigure,
  logLargeFigure,
  logVerifyFigure,
  pageFigure,
  pageValidatedFigure,
  pageColdFigure,
  pageSizeFigure,
  webhookFigure,
  startFigure,
]

async function main(options: Options): Promise<void> {
  const unknown = options.only.filter(id => !FIGURES.some(f => f.id === id))
  if (unknown.length) throw new Error(`--only: there is no figure ${unknown.join(', ')}\n${USAGE}`)
  const rows: Row[] = []
  for (const database of options.databases) {
    if (database === 'postgresql' && !options.databaseUrl) {
      progress('PostgreSQL is left out: DATABASE_URL is not set')
      continue
    }
    const worlds = openWorlds(database, options)
    for (const figure of FIGURES) {
      const wanted = options.only.length ? options.only.includes(figure.id) : !figure.onlyNamed
      if (!figure.databases.includes(database) || !wanted) continue
      if (minutesGone() > options.minutes) {
        progress(`${figure.id} on ${database} is left out: ${options.minutes} minutes are over`)
        continue
      }
      progress(`${figure.id} on ${database}`)
      try {
        rows.push(...(await figure.run({ database, options, worlds })))
      } catch (error) {
        // The other figures are still worth having; the run as a whole fails.
        rows.push(failedRow(figure.id, database, error))
        process.exitCode = 1
      }
    }
    await worlds.close()
  }
  process.stdout.write(`${textTable(rows)}\n\n${machine()}\n`)
  if (options.json) writeFileSync(options.json, `${JSON.stringify(jsonRows(rows), null, 2)}\n`)
  if (options.markdown) writeMarkdown(options.markdown, `${machine()}\n\n${markdownTable(rows)}`)
  const missed = rows.filter(row => isMet(row) === false)
  if (missed.length)
    progress(`${missed.length} bars are not met: ${missed.map(r => `${r.id}/${r.database}`).join(', ')}`)
}

function failedRow(id: string, database: DatabaseKind, error: unknown): Row {
  const words = error instanceof Error ? error.message : String(error)
  progress(`${id} on ${database} failed: ${error instanceof Error ? error.stack : words}`)
  return { id, title: 'failed', database, value: null, unit: '', bar: null, raw: null, note: words.slice(0, 200) }
}

/** Replaces what stands between the marks of a document. */
function writeMarkdown(file: string, text: string): void {
  const before = readFileSync(file, 'utf8')
  const marks = /(<!-- bench:begin -->)[\s\S]*(<!-- bench:end -->)/
  if (!marks.test(before)) throw new Error(`--markdown ${file}: the marks bench:begin and bench:end are missing`)
  writeFileSync(
    file,
    before.replace(marks, (_all, begin, end) => `${begin}\n${text}\n${end}`),
  )
}

await runCommand(USAGE, () => main(readOptions(process.argv.slice(2), process.env)))
