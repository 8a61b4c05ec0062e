import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { drawer, drawn, forms } from './carriers.fixture.ts'
import { blurred, decodePng, enlarged, type Picture, readPicture, speckled, turned } from './reader.fixture.ts'

afterAll(() => drawer.close())

const LINK = 'https://trace.example.org/01/06901234567892/10/L42%2F7/21/000012345'
const FNC1 = '\u001d'

/** What is put into each carrier, what must come out, and how the scanner names it (ISO/IEC 15424). */
const CASES: [carrier: string, text: string, read: string, symbology: RegExp][] = [
  ['qr', LINK, LINK, /^\]Q1$/],
  ['gs1-qr', LINK, LINK, /^\]Q1$/],
  ['datamatrix', LINK, LINK, /^\]d1$/],
  ['gs1-datamatrix', '(01)06901234567892(10)L42(21)A7', `010690123456789210L42${FNC1}21A7`, /^\]d2$/],
  ['gs1-128', '(01)06901234567892(10)L42', '010690123456789210L42', /^\]C1$/],
  ['gs1-128', '(00)395210040000000015', '00395210040000000015', /^\]C1$/],
  ['code-128', '81012345678901234567', '81012345678901234567', /^\]C0$/],
  ['itf-14', '16901234567899', '16901234567899', /^\]I[01]$/],
  ['ean-13', '6901234567892', '6901234567892', /^\]E0$/],
]

/** What happens between the printer and the scanner. */
const FATES: [string, (printed: Picture) => Picture][] = [
  ['as printed', p => p],
  ['turned by 90°', p => turned(p, 90)],
  ['turned by 180°', p => turned(p, 180)],
  ['turned by 270°', p => turned(p, 270)],
  ['turned by 4°', p => turned(p, 4)],
  ['turned by -7°', p => turned(p, -7)],
  ['with specks', p => blurred(speckled(p, 0.01))],
  ['out of focus', p => blurred(blurred(p))],
  ['turned, out of focus and with specks', p => blurred(speckled(turned(p, 3), 0.005))],
]

describe('an independent reader reads what we draw, at print size', () => {
  it('every carrier that it knows', () => {
    // it knows no Han Xin code: hanxin.test.ts
    expect(new Set(CASES.map(([id]) => id))).toEqual(new Set([...forms.carriers.keys()].filter(id => id !== 'hanxin')))
  })

  describe.each([203, 300])('%i dpi', dpi => {
    it.each(CASES)('%s %s', async (id, text, read, symbology) => {
      const { body } = await drawn(id, text, { dpi })
      // a camera sees a coarse printer's dot as several of its own
      const printed = enlarged(decodePng(body), dpi < 300 ? 2 : 1)
      for (const [fate, change] of FATES) {
        const found = await readPicture(change(printed))
        expect(found, `${id} ${dpi} dpi ${fate}`).toEqual([{ text: read, symbology: expect.stringMatching(symbology) }])
      }
    })

    it.each(CASES)('%s %s with the smallest modules', async (id, text, read) => {
      const least = forms.carriers.get(id)?.module.min ?? 0
      const { body, module } = await drawn(id, text, { dpi, module: least })
      expect(module).toBeGreaterThanOrEqual(least - 1e-9)
      expect(module).toBeLessThan(least + (25.4 / dpi) * 2)
      expect((await readPicture(enlarged(decodePng(body), 2))).map(r => r.text)).toEqual([read])
    })
  })

  it('says its size in the picture', async () => {
    const { body, width } = await drawn('qr', LINK, { dpi: 300 })
    const bytes = Buffer.from(body)
    const at = bytes.indexOf('pHYs', 0, 'latin1')
    const perMetre = bytes.readUInt32BE(at + 4)
    expect(perMetre).toBe(11_811)
    expect((decodePng(body).width / perMetre) * 1000).toBeCloseTo(width, 2)
  })

  it('keeps the quiet zones white', async () => {
    for (const [id, text] of CASES) {
      const { quiet, kind } = forms.carriers.get(id) as { quiet: { left: number; right: number }; kind: string }
      const { body, module } = await drawn(id, text)
      const { width, height, grey } = decodePng(body)
      const dots = Math.round((module * 300) / 25.4)
      const middle = Math.floor(height * (kind === 'linear' ? 0.3 : 0.5))
      const row = grey.subarray(middle * width, (middle + 1) * width)
      expect(row.indexOf(0), id).toBeGreaterThanOrEqual(quiet.left * dots)
      expect(width - 1 - row.lastIndexOf(0), id).toBeGreaterThanOrEqual(quiet.right * dots)
    }
  })
})

describe('any text that is allowed comes out as it went in', () => {
  const char = fc.constantFrom(...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)))
  const ascii = (most: number) => fc.string({ unit: char, minLength: 1, maxLength: most })
  // GS1 character set 82 without the brackets that would look like identifiers in the text given
  const cset82 = fc.string({
    unit: fc.constantFrom(...'!"%&\'*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'),
    minLength: 1,
    maxLength: 20,
  })

  it.each(['qr', 'datamatrix'])('%s', async id => {
    await fc.assert(
      fc.asyncProperty(ascii(200), async text => {
        const { body } = await drawn(id, text)
        expect((await readPicture(decodePng(body))).map(r => r.text)).toEqual([text])
      }),
      { numRuns: 25 },
    )
  })

  it('code-128', async () => {
    await fc.assert(
      fc.asyncProperty(ascii(40), async text => {
        const { body } = await drawn('code-128', text, { module: 0.25 })
        expect((await readPicture(decodePng(body))).map(r => r.text)).toEqual([text])
      }),
      { numRuns: 25 },
    )
  })

  it.each(['gs1-datamatrix', 'gs1-128'])('%s', async id => {
    await fc.assert(
      fc.asyncProperty(
        cset82,
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 8 }),
        async (lot, serial) => {
          const { body } = await drawn(id, `(01)06901234567892(10)${lot}(21)${serial}`, {
            module: 0.254,
          })
          expect((await readPicture(decodePng(body))).map(r => r.text)).toEqual([
            `010690123456789210${lot}${FNC1}21${serial}`,
          ])
        },
      ),
      { numRuns: 25 },
    )
  })

  it('itf-14 and ean-13', async () => {
    const check = (digits: string) => {
      const sum = [...digits].reverse().reduce((s, d, i) => s + Number(d) * (i % 2 === 0 ? 3 : 1), 0)
      return `${digits}${(10 - (sum % 10)) % 10}`
    }
    const digits = (n: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: n, maxLength: n })
    await fc.assert(
      fc.asyncProperty(digits(13), digits(11), fc.constantFrom(...'123456789'), async (fourteen, twelve, first) => {
        const itf = await drawn('itf-14', check(fourteen), { module: 0.3 })
        expect((await readPicture(decodePng(itf.body))).map(r => r.text)).toEqual([check(fourteen)])
        const ean = await drawn('ean-13', check(first + twelve), { module: 0.3 })
        expect((await readPicture(decodePng(ean.body))).map(r => r.text)).toEqual([check(first + twelve)])
      }),
      { numRuns: 20 },
    )
  })
})
