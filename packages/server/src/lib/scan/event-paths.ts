/**
 * Where a document keeps its events: `epcisBody.eventList` of an EPCISDocument and
 * `epcisBody.queryResults.resultsBody.eventList` of an EPCISQueryDocument (EPCIS 2.0 §9.3, official JSON schema;
 * a single `event` beside them is not in the schema). `type` may stand last, so both are looked for in every document.
 */
export interface PathNode {
  readonly [name: string]: PathNode | 'events'
}

export const EVENT_PATHS: PathNode = {
  epcisBody: { eventList: 'events', queryResults: { resultsBody: { eventList: 'events' } } },
}

/** No name on a path takes more bytes than this, every character of it escaped. */
export const LONGEST_NAME = 6 * 'queryResults'.length

/** What a member name leads to, if the path goes on through it. */
export function stepInto(node: PathNode, name: string): PathNode | 'events' | undefined {
  return Object.hasOwn(node, name) ? node[name] : undefined
}
