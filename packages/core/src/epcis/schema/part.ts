import Type from 'typebox'
import { closed, distinct, extensibleInXml, rule, ruled } from './rule.ts'
import { BizTransactionType, Decimal, Disposition, ErrorReason, SourceDestType, Time, Uom, Uri, Uris } from './value.ts'

/** `@context` of a document or an event: a URL, a set of terms, or a list of both (JSON-LD 1.1 §3.1). */
export const LdContext = Type.Union([Uri, Type.Object({}), distinct(Type.Union([Uri, Type.Object({})]))])

/** QuantityElement, EPCIS 2.0 §7.3.3.3 */
export const QuantityElement = closed({
  epcClass: Uri,
  quantity: Type.Optional(Decimal),
  uom: Type.Optional(Uom),
})
export const QuantityList = Type.Array(QuantityElement)

/** ReadPoint and BusinessLocation, EPCIS 2.0 §7.3.5; further members are extensions of any name */
export const Place = Type.Object({ id: Uri })

/** BusinessTransaction, EPCIS 2.0 §7.3.5.3 */
export const BizTransactionList = Type.Array(closed({ type: Type.Optional(BizTransactionType), bizTransaction: Uri }))

/** Source and Destination, EPCIS 2.0 §7.3.5.4 */
export const SourceList = Type.Array(closed({ type: SourceDestType, source: Uri }))
export const DestinationList = Type.Array(closed({ type: SourceDestType, destination: Uri }))

/** PersistentDisposition, EPCIS 2.0 §7.3.5.6 */
export const PersistentDisposition = ruled(
  closed({
    set: Type.Optional(distinct(Disposition, { minItems: 1 })),
    unset: Type.Optional(distinct(Disposition, { minItems: 1 })),
  }),
  rule(
    value => 'set' in (value as object) || 'unset' in (value as object),
    () => [{ pointer: '', message: { zh: '缺少 set 或 unset', en: 'set or unset is missing' } }],
  ),
)

/** ErrorDeclaration, EPCIS 2.0 §7.4.1.2 */
export const ErrorDeclaration = extensibleInXml({
  declarationTime: Time,
  reason: Type.Optional(ErrorReason),
  correctiveEventIDs: Type.Optional(Uris),
})

/** Instance/lot master data, EPCIS 2.0 §7.3.7: extensions only */
export const Ilmd = extensibleInXml({})

export const CertificationInfo = Type.Union([Uri, Uris])
