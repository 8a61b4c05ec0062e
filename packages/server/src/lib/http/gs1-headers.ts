import { CBV_XML_FORMATS, type CbvXmlFormat, Problem } from '@yuanliu/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Versions and extensions that are supported (EPCIS 2.0 §12.8), on every answer under /epcis. */
export const GS1_HEADERS = {
  'gs1-epcis-version': '2.0.0',
  'gs1-epcis-min': '2.0.0',
  'gs1-epcis-max': '2.0.0',
  'gs1-cbv-version': '2.0.0',
  'gs1-cbv-min': '2.0.0',
  'gs1-cbv-max': '2.0.0',
  // Prefixes that stand for these namespaces without being declared.
  'gs1-extensions':
    'epcis=https://ref.gs1.org/epcis/, cbv=https://ref.gs1.org/cbv/, cbvmda=urn:epcglobal:cbv:mda:, gs1=https://gs1.org/voc/',
} as const

export function gs1Headers(reply: FastifyReply): FastifyReply {
  return reply.headers(GS1_HEADERS)
}

export const EPC_FORMATS = ['No_Preference', 'Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates'] as const
export type EpcFormat = (typeof EPC_FORMATS)[number]

/** `GS1-CBV-XML-Format` of a request: how standard terms are written in XML. Throws 406 for what is not offered. */
export function cbvXmlFormat(request: FastifyRequest): CbvXmlFormat {
  const given = request.headers['gs1-cbv-xml-format']
  if (given === undefined) return 'No_Preference'
  const format = CBV_XML_FORMATS.find(f => f.toLowerCase() === String(given).toLowerCase())
  if (!format) throw new Problem('not-acceptable', { detail: `GS1-CBV-XML-Format: ${CBV_XML_FORMATS.join(', ')}` })
  return format
}

/** `GS1-EPC-Format` of a request; absent: Always_GS1_Digital_Link. Throws 406 for what is not offered. */
export function epcFormat(request: FastifyRequest): EpcFormat {
  const given = request.headers['gs1-epc-format']
  if (given === undefined) return 'Always_GS1_Digital_Link'
  const format = EPC_FORMATS.find(f => f.toLowerCase() === String(given).toLowerCase())
  if (!format) throw new Problem('not-acceptable', { detail: `GS1-EPC-Format: ${EPC_FORMATS.join(', ')}` })
  return format
}
