import type { Compiled } from './compiled.ts'
import { isBlank, isBreak, isUnseen } from './lines.ts'
import { afterWord, BLANK, BREAK, COLON, OTHER, SLASH, WIDE } from './normalise.ts'
import { readPlain } from './plain-code.ts'
import { failedReading, type Reading } from './reading.ts'
import type { Scheme } from './scheme.ts'

/**
 * Readings of a text as a code of several lines: first those that fit, else what is wrong with those that have nearly as
 * many lines. A text of one line, as forms make it of what was pasted, is read where it has exactly as many words as
 * the code has lines; with more nobody can say which of them belong together.
 */
export function readLines({ lined }: Compiled, text: string, from: number, holds: number): Reading[] {
  if ((holds & BREAK) === 0 && ((holds & ADDRESSED) !== ADDRESSED || (holds & GAPS) === 0)) return NONE
  const fits: Reading[] = []
  const faults: Reading[] = []
  for (const scheme of lined) {
    const start = afterWord(scheme.words, text, from)
    // as with all others: without a word only where people write it so
    if (start === from && !scheme.file.forms.bare) continue
    const gaps = gapsOf(text, start)
    const broken = gaps.some(gap => gap.breaks)
    const folds = broken ? gaps.filter(gap => gap.breaks) : gaps
    if (!broken && folds.length > scheme.breaks) {
      faults.push(torn(scheme, folds[scheme.breaks]!.at))
    } else if (Math.abs(folds.length - scheme.breaks) <= (broken ? 1 : 0)) {
      const reading = readPlain(scheme, broken ? text : brokenAt(text, folds), start)
      ;(reading.ok ? fits : faults).push(reading)
    }
  }
  return fits.length > 0 ? fits : faults
}
const NONE: Reading[] = []
/** A text of one line may be one of several that end in an address. */
const ADDRESSED = COLON | SLASH
const GAPS = BLANK | OTHER | WIDE

/** More words than lines. */
function torn({ file, breaks }: Scheme, at: number): Reading {
  const { zh, en } = file.title
  const title = {
    zh: `${zh}写成了一行，空格不止 ${breaks} 处，分不清各行，请扫码或分行输入`,
    en: `${en} on one line, with more than ${breaks} blanks: scan it or give it line by line`,
  }
  return failedReading({ ...file, title }, { reason: 'length', at })
}

/** Stretches of blanks and breaks between the words of text[from…). */
function gapsOf(text: string, from: number): { at: number; breaks: boolean }[] {
  const gaps: { at: number; breaks: boolean }[] = []
  let open: { at: number; breaks: boolean } | null = null
  let empty = true
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (isUnseen(c)) continue
    const breaks = isBreak(c)
    if (breaks || isBlank(c)) {
      open ??= { at: i, breaks: false }
      open.breaks ||= breaks
      continue
    }
    if (open && !empty) gaps.push(open)
    open = null
    empty = false
  }
  return gaps
}

/** The text with a break at the beginning of each gap; all other characters keep their places. */
function brokenAt(text: string, gaps: readonly { at: number }[]): string {
  let broken = ''
  let kept = 0
  for (const { at } of gaps) {
    broken += `${text.slice(kept, at)}\n`
    kept = at + 1
  }
  return broken + text.slice(kept)
}
