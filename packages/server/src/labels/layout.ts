import type { CarrierSpec, SheetSpec } from '@yuanliu/core'
import type { Drawing } from './draw.ts'

/** How a label is divided; millimetres. */
export interface Layout {
  /** carrier beside the text, or below it */
  direction: 'row' | 'column'
  /** what the carrier may take */
  room: { width: number; height: number }
  gap: number
  /** what the text may take */
  text: { width: number; height: number }
  /** how far bars may go into the label's edge: their quiet zone is as white */
  bleed: number
}

/** Share of a label that a square carrier may take beside the text, and a wide one below it. */
const BESIDE = 0.52
const BELOW = 0.58
/** Labels higher than this many times their width have the text above a square carrier, too. */
const UPRIGHT = 0.9

/** White edge that is kept even where a quiet zone is: no printer meets the edge exactly. */
const EDGE = 1

/** Divides a label between carrier and text: a matrix beside the text, on upright labels and for bars below it. */
export function layoutOf({ label, padding }: SheetSpec, { kind }: Pick<CarrierSpec, 'kind'>): Layout {
  const width = label.width - 2 * padding
  const height = label.height - 2 * padding
  const gap = Math.max(1, padding * 0.6)
  if (kind === 'matrix' && label.height < label.width * UPRIGHT) {
    const square = Math.min(height, width * BESIDE)
    const text = { width: width - square - gap, height }
    return { direction: 'row', gap, room: { width: square, height }, text, bleed: 0 }
  }
  const bleed = kind === 'linear' ? Math.max(0, padding - EDGE) : 0
  const room = { width: width + 2 * bleed, height: height * BELOW }
  return { direction: 'column', gap, room, text: { width, height: height - room.height - gap }, bleed }
}

/** How the words of a label are set: type smaller by steps, and lines that the name may take. */
export interface Setting {
  /** index into SCALES */
  step: number
  nameLines: number
}

/** Sizes of type over the paper's own; the smallest is taken where even that does not hold everything. */
export const SCALES = [1, 0.9, 0.8] as const
/** Smallest type in millimetres: Chinese characters are then 1.8 mm high (GB 7718-2011 §3.9). */
export const SMALLEST = 2
/** Smallest type of the code, which a person reads only where the carrier is damaged. */
const SMALLEST_CODE = 1.8
const NAME = { size: 1.18, line: 1.25, most: 4 } as const
const LINE = 1.3
const CODE = { size: 0.72, line: 1.2, above: 0.25 } as const

/** Size of the code's type in millimetres. */
export function codeSize(text: number): number {
  return Math.max(SMALLEST_CODE, text * CODE.size)
}

/**
 * Chooses the largest type in which everything fits, and how much of a long name is shown.
 * @param size height of the paper's type in millimetres
 * @param withCode whether the code stands there in words
 */
export function settingOf(
  words: { name: string; lines: readonly { title: string; value: string }[]; code: readonly string[] },
  area: { width: number; height: number },
  size: number,
  withCode: boolean,
): Setting {
  let best: Setting = { step: 0, nameLines: 1 }
  for (const [step, scale] of SCALES.entries()) {
    const em = Math.max(SMALLEST, size * scale)
    const wanted = words.name === '' ? 0 : linesOf([words.name], area.width / (em * NAME.size))
    const rows = words.lines.reduce((sum, l) => sum + linesOf([`${l.title} ${l.value}`], area.width / em), 0)
    const code = codeSize(em)
    const codeHeight = withCode ? linesOf(words.code, area.width / code) * code * CODE.line + em * CODE.above : 0
    const left = area.height - rows * em * LINE - codeHeight
    const nameLines = Math.max(1, Math.min(NAME.most, Math.floor(left / (em * NAME.size * NAME.line))))
    best = { step, nameLines }
    if (nameLines >= wanted && left >= 0) break
  }
  return best
}

/** Lines that parts take in a width of so many characters; no part is broken that would fit a line of its own. */
function linesOf(parts: readonly string[], width: number): number {
  let lines = 1
  let used = 0
  for (const part of parts) {
    const length = lengthOf(part)
    if (used > 0 && used + length > width) {
      lines++
      used = 0
    }
    lines += Math.max(0, Math.ceil(length / width) - 1)
    used += length > width ? length % width : length
  }
  return lines
}

/** Width of a text over its height: Chinese characters are square, others are on average six tenths of that. */
function lengthOf(text: string): number {
  let length = 0
  for (const character of text) length += character > '\u2e7f' ? 1 : 0.6
  return length
}

/** What somebody should know before they print: a measure that is below what the standard asks for. */
export interface Notice {
  what: 'module' | 'height'
  is: number
  target: number
}

/** Measures below their targets (GS1 General Specifications §5.12.3), the smallest of each. */
export function noticesOf(
  spec: Pick<CarrierSpec, 'module' | 'height'>,
  drawings: readonly Pick<Drawing, 'module' | 'bars'>[],
): Notice[] {
  const least = (values: number[]) => Math.round(Math.min(...values) * 1_000) / 1_000
  const module = least(drawings.map(d => d.module))
  const bars = least(drawings.flatMap(d => (d.bars === undefined ? [] : [d.bars])))
  const notices: Notice[] = []
  if (module < spec.module.target) notices.push({ what: 'module', is: module, target: spec.module.target })
  if (spec.height && bars < spec.height.target)
    notices.push({ what: 'height', is: Math.round(bars * 10) / 10, target: spec.height.target })
  return notices
}
