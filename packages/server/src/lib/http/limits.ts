import type { Config } from '../config.ts'
import type { ScanLimits } from '../scan/fault.ts'

/** Limits that do not depend on settings; announced at GET /api/limits, enforced where they are used. */
export const LIMITS = {
  /** depth of JSON */
  depth: 64,
  /** bytes of one string in a document */
  stringBytes: 1024 * 1024,
  /** bytes of one event */
  eventBytes: 16 * 1024 * 1024,
  /** bytes of a document without its events (master data in the header included) */
  headBytes: 16 * 1024 * 1024,
  /** units that one event may name */
  unitsPerEvent: 100_000,
  /** faults reported for one document */
  errors: 100,
  /** bytes of the request line */
  requestLine: 64 * 1024,
  /** bytes of a query: ten thousand ids of two thousand characters, and room for the rest */
  queryBytes: 32 * 1024 * 1024,
  /** ids in one search */
  searchIds: 10_000,
  /** characters of a code to look up */
  codeLength: 4096,
  /** events on one page */
  perPage: 1000,
} as const

/** For small JSON bodies: the same strictness, sizes bounded by the reader. */
export const JSON_LIMITS: ScanLimits = {
  documentBytes: Number.MAX_SAFE_INTEGER,
  eventBytes: Number.MAX_SAFE_INTEGER,
  headBytes: Number.MAX_SAFE_INTEGER,
  events: Number.MAX_SAFE_INTEGER,
  depth: LIMITS.depth,
  stringBytes: LIMITS.stringBytes,
}

/** For captured documents, with the limits that the settings give. */
export function documentLimits(config: Config): ScanLimits {
  return {
    documentBytes: config.captureMaxBytes,
    eventBytes: LIMITS.eventBytes,
    headBytes: LIMITS.headBytes,
    events: config.captureMaxEvents,
    depth: LIMITS.depth,
    stringBytes: LIMITS.stringBytes,
  }
}
