import { isMet, type Row } from './row.ts'

const HEADINGS = ['figure', 'database', 'value', 'bar', 'met', 'raw limit', 'note']

/** The rows as lines of text, columns aligned. */
export function textTable(rows: readonly Row[]): string {
  const cells = [HEADINGS, ...rows.map(cellsOf)]
  const widths = HEADINGS.map((_, i) => Math.max(...cells.map(line => line[i]?.length ?? 0)))
  return cells
    .map(line =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The rows as a Markdown table. */
export function markdownTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, HEADINGS.map(() => '---'), ...rows.map(cellsOf)]
  return lines.map(line => `| ${line.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}

/** The rows as written by `--json`. */
export function jsonRows(rows: readonly Row[]): unknown[] {
  return rows.map(row => ({
    id: row.id,
    database: row.database,
    value: row.value,
    unit: row.unit,
    bar: row.bar?.value ?? null,
    met: isMet(row),
    raw: row.raw?.value ?? null,
    title: row.title,
    barKind: row.bar?.kind ?? null,
    rawUnit: row.raw?.unit ?? null,
    rawWhat: row.raw?.what ?? null,
    note: row.note,
  }))
}

function cellsOf(row: Row): string[] {
  const met = isMet(row)
  return [
    `${row.id}: ${row.title}`,
    row.database,
    row.value === null ? 'not measured' : `${figures(row.value)} ${row.unit}`.trim(),
    row.bar ? `${row.bar.kind === 'min' ? '>=' : '<='} ${figures(row.bar.value)}` : '',
    met === null ? '' : met ? 'yes' : 'NO',
    row.raw ? `${figures(row.raw.value)} ${row.raw.unit} (${row.raw.what})` : '',
    row.note ?? '',
  ]
}

/** Three significant figures, whole numbers from 100 on. */
export function figures(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
