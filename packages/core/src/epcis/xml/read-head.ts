import { type HeadFault, misfit, notKept, partsOf, sequenceOf } from './content.ts'
import { isEpcisNamespace, SBDH, trimXml, type XmlElement } from './element.ts'
import { ownNames, xmlNames } from './names.ts'
import { checkBusinessHeader } from './read-business-header.ts'
import { addVocabularies, fullNames, readMasterData } from './read-master-data.ts'
import { fault, noText, putExtension, standardName, trimmedAttribute, type Walk } from './walk.ts'

type Fields = Record<string, unknown>

export interface XmlHead {
  /** the document without its events, as JSON has it */
  value: Fields
  faults: HeadFault[]
  /** 1 for EPCIS 1.0 to 1.2, 2 for 2.0 */
  version: 1 | 2
}

/** Which form of event a document has, by the namespace of its root. */
export function versionOf(root: Pick<XmlElement, 'namespace' | 'attributes'>): 1 | 2 {
  if (isEpcisNamespace(root.namespace)) return root.namespace.endsWith('1') ? 1 : 2
  return root.attributes.some(a => a.local === 'schemaVersion' && a.value.startsWith('1')) ? 1 : 2
}

/** A document of nothing but master data (EPCIS 2.0 §9.7, 1.2 §9.7): its body is a vocabulary list. */
const MASTER_DATA = 'EPCISMasterDataDocument'
const MASTER_BODY = sequenceOf('VocabularyList? extension?')

/**
 * Reads an EPCISDocument, EPCISQueryDocument or EPCISMasterDataDocument whose event list has been emptied (EPCIS 2.0 §9.5, §9.6): its version,
 * its standard business document header and its master data. One of master data alone becomes an EPCISDocument without
 * events; so does what lacks its body beside master data. Never throws.
 */
export function readXmlHead(root: XmlElement): XmlHead {
  const walk: Walk = {
    names: xmlNames(new Map()),
    own: ownNames(),
    faults: [],
    told: new Map(),
    declared: undefined,
    termsAsSent: true,
  }
  const value: Fields = {
    '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    type: root.local === MASTER_DATA ? 'EPCISDocument' : root.local,
  }
  if (!isEpcisNamespace(root.namespace)) {
    fault(
      walk,
      root,
      'loose-form',
      `${root.local} 应属命名空间 urn:epcglobal:epcis:xsd:2`,
      `${root.local} belongs in the namespace urn:epcglobal:epcis:xsd:2 (or xsd:1, or that of queries)`,
    )
  }
  const version = trimmedAttribute(root, 'schemaVersion')
  if (version !== undefined) value.schemaVersion = version
  const created = trimmedAttribute(root, 'creationDate')
  if (created !== undefined) value.creationDate = zoned(created)
  noText(walk, root)
  for (const child of root.children) {
    const name =
      child.namespace === '' ? child.local : isEpcisNamespace(child.namespace) ? standardName(walk, child) : null
    if (name === 'EPCISHeader') readHeader(walk, child, value, versionOf(root))
    else if (name === 'EPCISBody') readBody(walk, child, value, root.local)
    else if (name === 'queryName' || name === 'resultsBody' || name === 'subscriptionID') {
      fault(
        walk,
        child,
        'loose-form',
        `${name} 应在 EPCISBody/QueryResults 中`,
        `${name} belongs in EPCISBody/QueryResults`,
      )
      value.epcisBody ??= { queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList: [] } } }
    } else if (name !== null && name !== 'extension') misfit(walk, child, root)
    else if (name === null && value.epcisBody === undefined) {
      fault(walk, child, 'element-order', '扩展元素应在 EPCISBody 之后', 'extensions stand behind EPCISBody')
    }
  }
  if (value.epcisBody === undefined && (value.epcisHeader as Fields | undefined)?.epcisMasterData !== undefined) {
    fault(walk, root, 'loose-form', `${root.local} 缺少 EPCISBody`, `${root.local} lacks EPCISBody, which may be empty`)
    value.epcisBody = { eventList: [] }
  }
  return { value, faults: walk.faults, version: versionOf(root) }
}

/** xsd:dateTime may leave out the zone; then it is UTC. */
function zoned(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(time) ? `${time}Z` : time
}

function readBody(walk: Walk, body: XmlElement, value: Fields, type: string): void {
  if (type !== MASTER_DATA) noText(walk, body)
  if (type === MASTER_DATA) {
    value.epcisBody = { eventList: [] }
    const parts = partsOf(walk, body, MASTER_BODY, true, standardName)
    for (const list of parts.of('VocabularyList')) addVocabularies(walk, list, value)
    for (const child of parts.unknown) misfit(walk, child, body)
    for (const child of [...parts.of('extension'), ...parts.foreign]) notKept(walk, child, child.local)
    return
  }
  if (type === 'EPCISDocument') {
    // EPCISBody may lack its list; then there are no events (EPCIS 2.0 §9.5).
    value.epcisBody = { eventList: [] }
    for (const child of body.children) {
      if (child.local === 'EventList') noTextInList(walk, child)
      else if (child.namespace === '' && child.local !== 'extension') misfit(walk, child, body)
    }
    return
  }
  const results = body.children.find(c => c.local === 'QueryResults')
  if (!results) {
    value.epcisBody = {}
    return
  }
  if (!isEpcisNamespace(results.namespace)) {
    const en = 'QueryResults belongs in the namespace urn:epcglobal:epcis-query:xsd:2'
    fault(walk, results, 'loose-form', 'QueryResults 应属命名空间 urn:epcglobal:epcis-query:xsd:2', en)
  }
  noText(walk, results)
  const list: Fields = {}
  const queryResults: Fields = { resultsBody: list }
  for (const child of results.children) {
    if (child.local === 'queryName' || child.local === 'subscriptionID') queryResults[child.local] = trimXml(child.text)
    else if (child.local === 'resultsBody') {
      noText(walk, child)
      const events = child.children.find(c => c.local === 'EventList')
      if (events) {
        list.eventList = []
        noTextInList(walk, events)
      }
      // The answer to a query of master data (EPCIS 2.0 §8.2.7.2).
      for (const vocabularies of child.children.filter(c => c.local === 'VocabularyList' && c.namespace === '')) {
        if (list.eventList) misfit(walk, vocabularies, child, 'loose-form')
        list.eventList = []
        addVocabularies(walk, vocabularies, value)
      }
    } else if (child.namespace === '' && child.local !== 'extension') misfit(walk, child, results)
  }
  if (queryResults.queryName === undefined) {
    fault(walk, results, 'loose-form', 'QueryResults 缺少 queryName', 'QueryResults lacks queryName')
    queryResults.queryName = 'SimpleEventQuery'
  }
  value.epcisBody = { queryResults }
}

/** The scanner leaves in an event list what is no event: text, and the containers of 1.x with theirs. */
function noTextInList(walk: Walk, element: XmlElement): void {
  noText(walk, element)
  for (const child of element.children) noTextInList(walk, child)
}

/** `EPCISHeaderType` and the extension that holds master data. */
const HEADER = sequenceOf('StandardBusinessDocumentHeader? extension?')
const EXTENSION = sequenceOf('EPCISMasterData? extension?')

function readHeader(walk: Walk, header: XmlElement, value: Fields, version: 1 | 2): void {
  // In 1.x extensions may follow.
  const parts = partsOf(walk, header, HEADER, version === 1, headerName)
  for (const child of parts.of('StandardBusinessDocumentHeader')) {
    if (child.namespace !== SBDH)
      fault(walk, child, 'loose-form', '商业文件头的命名空间不对', `the header belongs in the namespace ${SBDH}`)
    checkBusinessHeader(walk, child)
    if (value.type === 'EPCISDocument') readBusinessHeader(child, value)
  }
  for (const extension of parts.of('extension')) readExtension(walk, extension, value)
  for (const child of parts.unknown) misfit(walk, child, header)
  for (const child of parts.foreign) {
    if (version === 2) misfit(walk, child, header, 'loose-form')
    putExtension(fullNames(walk), headerOf(value), child)
  }
}

/** The header of business documents is known by its name in any namespace. */
function headerName(walk: Walk, element: XmlElement): string | null {
  return element.local === 'StandardBusinessDocumentHeader' ? element.local : standardName(walk, element)
}

function readExtension(walk: Walk, extension: XmlElement, value: Fields): void {
  const parts = partsOf(walk, extension, EXTENSION, false, standardName)
  for (const data of parts.of('EPCISMasterData')) readMasterData(walk, data, value)
  for (const inner of parts.of('extension')) notKept(walk, inner, 'EPCISHeader/extension/extension')
  for (const child of parts.unknown) misfit(walk, child, extension)
  for (const child of parts.foreign) misfit(walk, child, extension, 'loose-form')
}

function headerOf(value: Fields): Fields {
  value.epcisHeader ??= {}
  return value.epcisHeader as Fields
}

/** What the JSON binding takes over from the header (EPCIS 2.0 §10.2). */
function readBusinessHeader(header: XmlElement, value: Fields): void {
  const textOf = (...names: string[]): string | undefined => {
    let at: XmlElement | undefined = header
    for (const name of names) at = at?.children.find(c => c.local === name)
    return (at && trimXml(at.text)) || undefined
  }
  const members = {
    sender: textOf('Sender', 'Identifier'),
    receiver: textOf('Receiver', 'Identifier'),
    instanceIdentifier: textOf('DocumentIdentification', 'InstanceIdentifier'),
  }
  for (const [name, text] of Object.entries(members)) if (text !== undefined) value[name] = text
}
