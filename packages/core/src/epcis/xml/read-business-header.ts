import { misfit, noAttributes, partsOf, type Sequence, sequenceOf } from './content.ts'
import { SBDH, trimXml, type XmlElement } from './element.ts'
import { fault, type Walk } from './walk.ts'

/** The Standard Business Document Header as its schema has it (UN/CEFACT SBDH 1.3). */

const PARTNER = sequenceOf('Identifier ContactInformation*')

/** What stands in which element; others hold texts. */
const FORMS: ReadonlyMap<string, Sequence> = new Map([
  [
    'StandardBusinessDocumentHeader',
    sequenceOf('HeaderVersion Sender+ Receiver+ DocumentIdentification Manifest? BusinessScope?'),
  ],
  ['Sender', PARTNER],
  ['Receiver', PARTNER],
  ['ContactInformation', sequenceOf('Contact EmailAddress? FaxNumber? TelephoneNumber? ContactTypeIdentifier?')],
  [
    'DocumentIdentification',
    sequenceOf('Standard TypeVersion InstanceIdentifier Type MultipleType? CreationDateAndTime'),
  ],
  ['Manifest', sequenceOf('NumberOfItems ManifestItem+')],
  ['ManifestItem', sequenceOf('MimeTypeQualifierCode UniformResourceIdentifier Description? LanguageCode?')],
  ['BusinessScope', sequenceOf('Scope*')],
  ['Scope', sequenceOf('Type InstanceIdentifier Identifier? CorrelationInformation|BusinessService*')],
  [
    'CorrelationInformation',
    sequenceOf('RequestingDocumentCreationDateTime? RequestingDocumentInstanceIdentifier? ExpectedResponseDateTime?'),
  ],
  ['BusinessService', sequenceOf('BusinessServiceName? ServiceTransaction?')],
  ['ServiceTransaction', { places: new Map(), required: [] }],
])

const TRANSACTION = [
  'TypeOfServiceTransaction',
  'IsNonRepudiationRequired',
  'IsAuthenticationRequired',
  'IsNonRepudiationOfReceiptRequired',
  'IsIntegrityCheckRequired',
  'IsApplicationErrorResponseRequested',
  'TimeToAcknowledgeReceipt',
  'TimeToAcknowledgeAcceptance',
  'TimeToPerform',
  'Recurrence',
]

interface Kind {
  test(text: string): boolean
  zh: string
  en: string
}
const TIME: Kind = { test: isDateTime, zh: '日期时间（xsd:dateTime）', en: 'a date and time (xsd:dateTime)' }
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['CreationDateAndTime', TIME],
  ['RequestingDocumentCreationDateTime', TIME],
  ['ExpectedResponseDateTime', TIME],
  [
    'MultipleType',
    { test: (text: string) => /^(?:true|false|0|1)$/.test(text), zh: 'true 或 false', en: 'true or false' },
  ],
  ['NumberOfItems', { test: (text: string) => /^[+-]?\d+$/.test(text), zh: '整数', en: 'an integer' }],
])

/** Says where a header is not as its schema has it; lenient capture takes it all the same. */
export function checkBusinessHeader(walk: Walk, element: XmlElement, parent = ''): void {
  const { local } = element
  noAttributes(walk, element, attributesIn(local, parent))
  const form = FORMS.get(local)
  if (!form) {
    checkText(walk, element)
    return
  }
  const parts = partsOf(walk, element, form, false, nameIn)
  for (const child of parts.unknown) misfit(walk, child, element, 'loose-form')
  for (const name of form.places.keys()) for (const child of parts.of(name)) checkBusinessHeader(walk, child, local)
  const kind = element.attributes.find(a => a.local === 'TypeOfServiceTransaction')?.value
  if (
    local === 'ServiceTransaction' &&
    kind !== undefined &&
    !/^(?:Requesting|Responding)ServiceTransaction$/.test(kind)
  )
    wrongValue(walk, element, kind, 'RequestingServiceTransaction / RespondingServiceTransaction')
}

function attributesIn(local: string, parent: string): readonly string[] {
  if (local === 'ServiceTransaction') return TRANSACTION
  return local === 'Identifier' && parent !== 'Scope' ? ['Authority'] : []
}

/** One in a wrong namespace is known by its name all the same. */
function nameIn(walk: Walk, element: XmlElement): string {
  const { namespace, local } = element
  if (namespace !== SBDH)
    fault(walk, element, 'loose-form', `${local} 应属命名空间 ${SBDH}`, `${local} belongs in the namespace ${SBDH}`)
  return local
}

function checkText(walk: Walk, element: XmlElement): void {
  for (const child of element.children) misfit(walk, child, element, 'loose-form')
  const kind = KINDS.get(element.local)
  const text = trimXml(element.text)
  if (kind && !kind.test(text)) wrongValue(walk, element, text, kind.en, kind.zh)
}

function wrongValue(walk: Walk, element: XmlElement, text: string, en: string, zh = en): void {
  const { local } = element
  const shown = JSON.stringify(text.slice(0, 60))
  fault(walk, element, 'loose-form', `${local} 应为${zh}，实际为 ${shown}`, `${local}: expected ${en}, found ${shown}`)
}

const DATE_TIME = /^-?\d{4,}-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?$/

/** Whether a text is an xsd:dateTime, whose zone may be missing. */
function isDateTime(text: string): boolean {
  const found = DATE_TIME.exec(text)
  if (!found) return false
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 6).map(Number)
  const year = Math.abs(Number.parseInt(text, 10))
  // The last day of a month is the day before the first of the next; of 400 years each is like the other.
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  const isNight = hour === 24 && minute === 0 && second === 0 && !Number(found[6] ?? 0)
  return month >= 1 && month <= 12 && day >= 1 && day <= days && (hour < 24 || isNight) && minute < 60 && second < 60
}
