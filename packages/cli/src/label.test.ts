import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

let platform: Platform
let folder: string
beforeAll(async () => {
  platform = await startPlatform()
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-label-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await platform.stop()
})

async function yuanliu(...argv: string[]) {
  const shell = recorded({ YUANLIU_URL: platform.url, YUANLIU_KEY: ADMIN_KEY })
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}

describe('yuanliu label', () => {
  it('SVG on stdout, a picture into a file', async () => {
    const svg = await yuanliu('label', '6901234567892', '--carrier', 'gs1-128')
    expect(svg.code, svg.err).toBe(0)
    expect(svg.out).toMatch(/^<svg .*<\/svg>\n$/s)
    const file = join(folder, 'x.png')
    const png = await yuanliu('label', '6901234567892', '--dpi', '203', '--out', file)
    expect(png, png.err).toMatchObject({ code: 0, out: '', err: `wrote ${file}\n` })
    expect(readFileSync(file).toString('latin1', 1, 4)).toBe('PNG')
  })

  it('print pages, one file after the other', async () => {
    const list = join(folder, 'codes.txt')
    writeFileSync(list, Array.from({ length: 30 }, (_, i) => `(01)06901234567892(21)${i}\r\n`).join(''))
    const out = join(folder, 'labels.html')
    const made = await yuanliu(
      ...['label', 'sheet', '6901234567892', '--codes', list, '--sheet', 'roll-40x30', '--copies', '20'],
      ...['--carrier', 'gs1-datamatrix', '--shift-x', '-1', '--name', '大米', '--out', out],
    )
    expect(made.code, made.err).toBe(0)
    const files = readdirSync(folder).filter(name => name.startsWith('labels'))
    expect(files.sort()).toEqual(['labels-2.html', 'labels.html'])
    const count = files.map(f => readFileSync(join(folder, f), 'utf8').split('<div class="label">').length - 1)
    expect(count).toEqual([120, 500])
  })

  it('a range of issued codes, from one label on', async () => {
    const body = JSON.stringify({ scheme: 'trace-code', count: 100 })
    const range = await (await platform.call('/api/codes/ranges', { method: 'POST', body })).json()
    const out = join(folder, 'range.html')
    const some = ['--from', '40', '--count', '510', '--copies', '10', '--sheet', 'roll-40x30', '--out', out]
    const made = await yuanliu('label', 'sheet', '--range', String(range.id), ...some)
    expect(made.code, made.err).toBe(0)
    const files = readdirSync(folder).filter(name => name.startsWith('range'))
    expect(files.sort()).toEqual(['range-2.html', 'range.html'])
    const [second = '', first = ''] = files.map(f => readFileSync(join(folder, f), 'utf8'))
    // from a file the next labels are in the next file
    expect([first, second].map(page => /<a href="([^"]*)">/.exec(page)?.[1])).toEqual(['range-2.html', undefined])
    const listed = await (await platform.call(`/api/codes/ranges/${range.id}/codes`)).text()
    const codes = listed
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).text)
    const printed = (first + second).match(/<p class="code">.*?<\/p>/g)?.map(p => p.replace(/<[^>]+>/g, ''))
    expect(printed).toEqual(codes.slice(4, 55).flatMap((code: string) => Array(10).fill(code)))
  })

  it('says what is wrong', async () => {
    const cases: [string[], string][] = [
      [['label', '6901234567893'], 'check digit'],
      [['label', '6901234567892', '--format', 'png'], '--out'],
      [['label', 'sheet', '--out', join(folder, 'none.html')], 'no codes'],
      [['label', 'sheet', '6901234567892', '--range', '1', '--out', 'x'], 'one or the other'],
      [['label', 'sheet', '--range', '99999', '--out', 'x'], 'no range 99999'],
      [['label', 'sheet', '--range', '1', '--count', 'all', '--out', 'x'], '"all" is no whole number'],
      [['label', 'sheet', '6901234567892'], "required option '--out"],
      [['label', 'sheet', '6901234567892', '--out', join(folder, 'no/such.html')], 'cannot be written (ENOENT)'],
      [['label', 'sheet', '--codes', join(folder, 'nothing'), '--out', 'x'], 'cannot be read (ENOENT)'],
      [['label', 'sheet', '6901234567892', '--sheet', 'a5', '--out', 'x'], 'a4-3x8, a4-3x7'],
    ]
    for (const [argv, words] of cases) {
      const result = await yuanliu(...argv)
      expect(result).toMatchObject({ code: 1, out: '' })
      expect(result.err, argv.join(' ')).toContain(words)
    }
  })
})
