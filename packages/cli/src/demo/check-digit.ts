/**
 * Check digit of a GS1 key given its other digits: weights 3 and 1 from the right, modulo 10
 * (GS1 General Specifications §7.9.1).
 */
export function checkDigit(digits: string): string {
  let sum = 0
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight
  return String((10 - (sum % 10)) % 10)
}

/** The digits with their check digit behind them. */
export function checked(digits: string): string {
  return digits + checkDigit(digits)
}

/** Whether the last digit is the right one. */
export function isChecked(key: string): boolean {
  return /^\d{2,}$/.test(key) && checkDigit(key.slice(0, -1)) === key.slice(-1)
}
