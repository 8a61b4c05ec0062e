import { describe, expect, it } from 'vitest'
import { VECTORS_THERE, vectors } from '../codes/vectors.fixture.ts'
import { canonicalTerm, type TermKind } from './terms.ts'

/** The vocabulary conversions of the OpenEPCIS translator: whatever the spelling, the term is one. */

interface Conversion {
  fn: string
  input: string
  expected: string
  /** field that the term stands in; none: nothing is to be converted */
  gcpLength?: string | null
}
const KINDS: Record<string, TermKind> = {
  bizStep: 'bizStep',
  disposition: 'disposition',
  persistentDisposition: 'disposition',
  bizTransactionLIST: 'bizTransactionType',
  bizTransaction: 'bizTransactionType',
  sourceList: 'srcDest',
  source: 'srcDest',
  destinationList: 'srcDest',
  destination: 'srcDest',
  Destination: 'srcDest',
  errorDeclaration: 'errorReason',
  reason: 'errorReason',
}
const all = vectors<Conversion[]>('openepcis-translator/vectors/urn-digitallink-conversion.json', []).filter(vector =>
  vector.fn.endsWith('Vocabulary'),
)

describe.skipIf(!VECTORS_THERE)('vocabulary vectors (skipped where ../shared/vectors is absent)', () => {
  it.each(all)('$fn "$input" → "$expected" in $gcpLength', ({ input, expected, gcpLength }) => {
    const kind = KINDS[gcpLength ?? '']
    if (kind) {
      expect(canonicalTerm(kind, input)).toBe(canonicalTerm(kind, expected))
      if (input !== expected) expect(canonicalTerm(kind, expected)).toMatch(/^\w+$/)
    } else expect(input).toBe(expected)
  })

  it('are all there', () => expect(all).toHaveLength(64))
})
