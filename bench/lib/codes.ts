// The prefix 952 is kept by GS1 for demonstrations; nothing here is anybody's product or place.
const COMPANY = '9521234'

/** Digits with the GS1 check digit behind them (GS1 General Specifications §7.9.1). */
export function withCheckDigit(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) sum += Number(digits[digits.length - 1 - i]) * (i % 2 ? 1 : 3)
  return digits + ((10 - (sum % 10)) % 10)
}

/** GTIN-14 of the n-th product, n < 100,000. */
export function gtin(n: number): string {
  return withCheckDigit(`0${COMPANY}${String(n).padStart(5, '0')}`)
}

/** SSCC of the n-th logistic unit, n < 10⁹; the extension digit tells cartons (1) from pallets (0). */
export function sscc(extension: number, n: number): string {
  return withCheckDigit(`${extension}${COMPANY}${String(n).padStart(9, '0')}`)
}

/** GLN of the n-th place or party, n < 100,000. */
export function gln(n: number): string {
  return withCheckDigit(`${COMPANY}${String(n).padStart(5, '0')}`)
}

export const classLink = (product: number) => `https://id.gs1.org/01/${gtin(product)}`
export const lotLink = (product: number, lot: string) => `https://id.gs1.org/01/${gtin(product)}/10/${lot}`
export const itemLink = (product: number, serial: string) => `https://id.gs1.org/01/${gtin(product)}/21/${serial}`
export const ssccLink = (extension: number, n: number) => `https://id.gs1.org/00/${sscc(extension, n)}`
export const placeLink = (n: number) => `https://id.gs1.org/414/${gln(n)}`
export const partyLink = (n: number) => `https://id.gs1.org/417/${gln(n)}`

/** EPC URN of an item of the n-th product (EPC Tag Data Standard §6.3.1). */
export function itemUrn(product: number, serial: string): string {
  return `urn:epc:id:sgtin:${COMPANY}.0${String(product).padStart(5, '0')}.${serial}`
}
