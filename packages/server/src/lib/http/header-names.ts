/**
 * Headers that requests and answers of the interfaces bear, for pages of other origins: a browser sends and shows such a
 * header only where it is named to it (Fetch Standard, CORS protocol). Those that it lets through unnamed are not here.
 */

/** What a request may say. */
export const REQUEST_HEADERS = [
  'Authorization',
  'Content-Encoding',
  'Content-Type',
  'Idempotency-Key',
  'If-None-Match',
  'Prefer',
  'GS1-Capture-Error-Behaviour',
  'GS1-CBV-Max',
  'GS1-CBV-Min',
  'GS1-CBV-Version',
  'GS1-CBV-XML-Format',
  'GS1-EPC-Format',
  'GS1-EPCIS-Max',
  'GS1-EPCIS-Min',
  'GS1-EPCIS-Version',
  'GS1-Extensions',
  'Yuanliu-Signature',
] as const

/** What an answer may say. */
export const ANSWER_HEADERS = [
  'Allow',
  'Content-Disposition',
  'ETag',
  'Link',
  'Location',
  'Preference-Applied',
  'Retry-After',
  'Warning',
  'WWW-Authenticate',
  'GS1-Capture-Error-Behaviour',
  'GS1-CBV-Max',
  'GS1-CBV-Min',
  'GS1-CBV-Version',
  'GS1-CBV-XML-Format',
  'GS1-EPC-Format',
  'GS1-EPCIS-Capture-File-Size-Limit',
  'GS1-EPCIS-Capture-Limit',
  'GS1-EPCIS-Max',
  'GS1-EPCIS-Min',
  'GS1-EPCIS-Version',
  'GS1-Extensions',
  'GS1-Next-Page-Token-Expires',
  'GS1-Query-Min-Record-Time',
  'GS1-Vendor-Version',
] as const
