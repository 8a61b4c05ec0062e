import type { Locale, Messages, PublicSignature, PublicStep } from '@yuanliu/core'

const SCHEME = { 'sha256-ed25519': 'Ed25519', 'sm3-sm2': 'SM2' } as const satisfies Record<
  PublicSignature['suite'],
  string
>

/** Who signed a step, in what capacity and with which algorithm; that nobody did. */
export function signedBy({ signatures }: PublicStep, locale: Locale, { journey }: Messages): string {
  if (!signatures.length) return journey.unsigned
  const said = signatures.map(({ name, kind, suite }) => {
    const who = name ?? journey.anEnterprise
    const what = `${journey.subjects[kind]}${locale === 'zh' ? '，' : ', '}${SCHEME[suite]}`
    return locale === 'zh' ? `${who}（${what}）` : `${who} (${what})`
  })
  return journey.signed + said.join(locale === 'zh' ? '、' : '; ')
}

/** Tells steps apart that are signed by others. */
export function signersKey({ signatures }: PublicStep): string {
  return signatures.map(({ code, kind, suite }) => `${code} ${kind} ${suite}`).join('\n')
}
