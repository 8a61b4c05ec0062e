import type { Codes } from '../codes.ts'
import { type Gs1Fault, gs1Fault, LONGEST, tooLong } from './element.ts'
import { type PrefixLengths, PUBLIC_PREFIX_LENGTHS } from './prefix-lengths.ts'

/** EPC URNs and Digital Links as each other (GS1 EPC Tag Data Standard §6.3, §7; GS1 Digital Link: URI Syntax). */

type Written = { ok: true; text: string } | Gs1Fault

/** The canonical Digital Link of an EPC URN: pure identity, class, or a pattern that stands for a class. */
export function urnToLink(codes: Codes, urn: string): Written {
  if (urn.length > LONGEST) return tooLong()
  const link = codes.toDigitalLink(urn)
  if (link !== urn) return { ok: true, text: link }
  const wrong = codes.identify(urn).find(reading => !reading.ok)
  if (wrong && !wrong.ok) return { ok: false, reason: wrong.reason, at: wrong.at, message: wrong.message }
  return gs1Fault('component', 0, {
    zh: '不是有 GS1 网址形式的 EPC URN',
    en: 'no EPC URN that has a Digital Link form',
  })
}

/**
 * The EPC URN of a Digital Link. A URN marks where the company prefix ends, which a link does not say.
 * @param lengths who knows how long company prefixes are; the public rules unless told
 */
export function linkToUrn(codes: Codes, link: string, lengths: PrefixLengths = PUBLIC_PREFIX_LENGTHS): Written {
  if (link.length > LONGEST) return tooLong()
  let asked = false
  let known = false
  const urn = codes.toUrn(link, digits => {
    const length = lengths.of(digits)
    asked = true
    known = length !== null
    return length
  })
  if (urn !== null) return { ok: true, text: urn }
  const wrong = codes.identify(link).find(reading => !reading.ok)
  if (wrong && !wrong.ok) return { ok: false, reason: wrong.reason, at: wrong.at, message: wrong.message }
  if (asked && !known) {
    return gs1Fault('component', 0, {
      zh: '不知道厂商识别代码的位数',
      en: 'the length of its company prefix is not known',
    })
  }
  return gs1Fault('component', 0, { zh: '没有 EPC URN 形式', en: 'it has no form as an EPC URN' })
}
