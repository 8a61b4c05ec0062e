import type { CbvXmlFormat } from '@yuanliu/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptedMedia, XML_TYPE } from './accept.ts'
import { cbvXmlFormat, type EpcFormat, epcFormat, gs1Headers } from './gs1-headers.ts'

/** How a client wants events: which binding, which notation of codes. */
export interface AnswerForm {
  media: 'json' | 'xml'
  format: EpcFormat
  /** how standard terms are written in XML */
  terms: CbvXmlFormat
}

/** What the client asks for, by its headers. Throws 400, 406. */
export function answerForm(request: FastifyRequest): AnswerForm {
  return { media: acceptedMedia(request), format: epcFormat(request), terms: cbvXmlFormat(request) }
}

/** The headers of an answer in this form. */
export function formHeaders(reply: FastifyReply, { media, format, terms }: AnswerForm): FastifyReply {
  if (media === 'xml') reply.header('gs1-cbv-xml-format', terms === 'No_Preference' ? 'Always_Web_URI' : terms)
  return gs1Headers(reply)
    .header('gs1-epc-format', format === 'No_Preference' ? 'Always_GS1_Digital_Link' : format)
    .header('vary', 'Authorization, Accept, GS1-EPC-Format, GS1-CBV-XML-Format')
    .header('cache-control', 'no-cache')
    .type(media === 'xml' ? XML_TYPE : 'application/json; charset=utf-8')
}
