/** An event that holds what every one must; tests add to it. */
export const PLAIN_EVENT = {
  type: 'ObjectEvent',
  eventTime: '2026-10-01T08:00:00.000+08:00',
  eventTimeZoneOffset: '+08:00',
  epcList: ['urn:epc:id:sgtin:9521234.054321.1'],
  action: 'OBSERVE',
}
