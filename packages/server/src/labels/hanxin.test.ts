import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carrier, drawer, drawn } from './carriers.fixture.ts'
import { decodePng } from './reader.fixture.ts'

/**
 * Common readers do not know 汉信码 (GB/T 21049, ISO/IEC 20830), so it is compared module by module with the drawing of
 * zint, an independent encoder.
 *
 * Where both may choose, they choose differently, which no reader minds: zint packs longer runs of ASCII in its text
 * mode, we hold them as bytes; and each weighs the four masks in its own way. So the texts compared are those that both
 * hold in the same modes (digits, and bytes with digits and short runs of ASCII between them), and each of zint's four
 * masks is tried. Six modules of the function information bear no data (28 of 34 bits do): zint leaves them white.
 */
const zint = spawnSync('zint', ['--version']).status === 0
if (process.env.CI && !zint) throw new Error('zint must be installed: .ci/run does it')
if (!zint) console.warn('汉信码 is not compared: zint is not installed')

const SYMBOL = /^[\dA-F ]+$/
const QUIET = carrier('hanxin').quiet.left
const MASKS = [0, 1, 2, 3]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-hanxin-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await drawer.close()
})

describe.skipIf(!zint)('汉信码, module by module as zint draws it', () => {
  it.each(['81012345678901234567', '06901234567892', '2026100112345678901234567890123456789012345678901234567890'])(
    'digits %s',
    text => same(Buffer.from(text)),
  )

  it('every character of an address, held as a byte', async () => {
    const link = 'https://trace.example.org/01/06901234567892/10/L42%2F7/21/000012345?17=271231&x=_-~#a'
    await same(Buffer.from([...link].flatMap((character, i) => [0x80 + (i % 0x40), character.charCodeAt(0)])))
  })

  it('bytes and digits of any length that a label takes', async () => {
    const high = fc.uint8Array({ min: 0x80, max: 0xff, minLength: 1, maxLength: 200 })
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 14, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(high, fc.option(digits), async (bytes, number) => {
        await same(Buffer.concat([bytes, Buffer.from(number ?? '')]))
      }),
      { numRuns: 40 },
    )
  })

  it('is not what zint draws for another text', async () => {
    await expect(same(Buffer.from('81012345678901234567'), Buffer.from('81012345678901234568'))).rejects.toThrow()
  })
})

async function same(text: Buffer, other = text): Promise<void> {
  const ours = await modulesOf(text)
  const differences = MASKS.map(mask => {
    const theirs = zintModules(other, mask)
    return theirs.length === ours.length ? differing(ours, theirs) : Number.POSITIVE_INFINITY
  })
  expect(Math.min(...differences), `${text.length} bytes, ${ours.length} modules: ${differences.join(', ')}`).toBe(0)
}

/** Our drawing, as it is printed, back as modules. */
async function modulesOf(text: Buffer): Promise<boolean[][]> {
  const { body, module } = await drawn('hanxin', text.toString('latin1'), { dpi: 300, options: { binarytext: true } })
  const { width, grey } = decodePng(body)
  const dots = Math.round((module * 300) / 25.4)
  const size = width / dots - 2 * QUIET
  const middle = (n: number) => (n + QUIET) * dots + (dots >> 1)
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => grey[middle(y) * width + middle(x)] === 0),
  )
}

function zintModules(text: Buffer, mask: number): boolean[][] {
  const file = join(folder, 'text')
  writeFileSync(file, text)
  const level = String(carrier('hanxin').options.eclevel).slice(1)
  const args = ['--barcode=HANXIN', '--binary', `--secure=${level}`, `--mask=${mask}`, '--dump', '-i', file]
  const lines = execFileSync('zint', args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'] })
    .split('\n')
    .filter(line => SYMBOL.test(line))
  return lines.map(line =>
    [...line.replaceAll(' ', '')]
      .flatMap(digit => [...Number.parseInt(digit, 16).toString(2).padStart(4, '0')])
      .slice(0, lines.length)
      .map(bit => bit === '1'),
  )
}

/** Modules that differ, but for those of the function information that bear no data. */
function differing(a: boolean[][], b: boolean[][]): number {
  const size = a.length
  const bare = (x: number, y: number) =>
    (y === 8 && [1, 3, 5].includes(size - x)) || (y === size - 9 && [0, 2, 4].includes(x))
  let count = 0
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (a[y]?.[x] !== b[y]?.[x] && !bare(x, y)) count++
  return count
}
