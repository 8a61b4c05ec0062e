export { decodeFlow, decodeUnits, encodeFlow, encodeUnits } from './event-text.ts'
