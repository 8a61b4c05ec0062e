import { documentOf, objectEvent } from '../../../../test/support/events.ts'

/** A story with secrets in it: whatever bears the mark must never be in a public answer. */
export const SECRET = 'SECRETMARK'

const gs1 = (path: string) => `https://id.gs1.org/${path}`
export const MAKER = '414/9521321000018'
export const STORE = '414/9521321000025'
/** a customer of the maker who reports nothing */
export const CUSTOMER = '414/9521321000032'
/** where another branch of the raw lot went */
export const ELSEWHERE = '414/9521321000049'
export const LOT = '01/09521321000100/10/L1'
export const OTHER_LOT = '01/09521321000209/10/OTHER-7'
export const RAW = '01/09521321000308/10/R1'
export const PALLET = '00/095213210000000018'

const at = (place: string) => ({ readPoint: { id: gs1(place) }, bizLocation: { id: gs1(place) } })
const ends = (from: string, to: string) => ({
  sourceList: [{ type: 'possessing_party', source: gs1(from) }],
  destinationList: [{ type: 'possessing_party', destination: gs1(to) }],
})
const kilos = (key: string, quantity: number) => ({ epcClass: gs1(key), quantity, uom: 'KGM' })
const secrets = { 'ext:price': `${SECRET} 3.20`, 'ext:customer': `${SECRET} Zhang`, 'ext:stock': `${SECRET} 900` }

const place = (key: string, name: string, nameEn: string) => ({
  id: gs1(key),
  attributes: [
    { id: 'urn:epcglobal:cbv:mda#name', attribute: name },
    { id: 'yuanliu:nameEn', attribute: nameEn },
    { id: 'urn:epcglobal:cbv:mda#streetAddressOne', attribute: `${SECRET} street` },
    { id: 'ext:manager', attribute: `${SECRET} manager` },
  ],
})

export const header = {
  epcisHeader: {
    epcisMasterData: {
      vocabularyList: [
        {
          type: 'urn:epcglobal:epcis:vtype:EPCClass',
          vocabularyElementList: [
            {
              id: gs1('01/09521321000100'),
              attributes: [
                { id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: '测试调和油' },
                { id: 'yuanliu:nameEn', attribute: 'Test blended oil' },
                { id: 'urn:epcglobal:cbv:mda#netContentDescription', attribute: '5 LTR' },
                { id: 'yuanliu:manufacturer', attribute: gs1(MAKER) },
                { id: 'yuanliu:allergens', attribute: '含大豆' },
                { id: 'ext:recipe', attribute: `${SECRET} recipe` },
              ],
            },
            {
              id: gs1('01/09521321000308'),
              attributes: [{ id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: '测试毛油' }],
            },
          ],
        },
        {
          type: 'urn:epcglobal:epcis:vtype:Location',
          vocabularyElementList: [
            place(MAKER, '测试油厂', 'Test oil plant'),
            place(STORE, '测试商店', 'Test store'),
            place(CUSTOMER, `${SECRET} 客户`, `${SECRET} customer`),
            place(ELSEWHERE, `${SECRET} 别处`, `${SECRET} elsewhere`),
          ],
        },
      ],
    },
  },
}

/** Numbers that are quantities in the story, as they would be printed. */
export const QUANTITIES = ['8731', '2977', '1193', '413', '9973', '7919']

/** Raw oil, blended, packed with another lot on one pallet, shipped to a store that sells it; another part to a customer. */
export function story(): Record<string, unknown> {
  return documentOf(
    [
      objectEvent({
        eventTime: '2026-10-01T08:00:00.000+08:00',
        epcList: undefined,
        quantityList: [kilos(RAW, 9973)],
        action: 'ADD',
        bizStep: 'commissioning',
        disposition: 'active',
        ...at(MAKER),
        ilmd: { 'cbvmda:lotNumber': 'R1', 'cbvmda:countryOfOrigin': 'CN', 'ext:supplier': `${SECRET} supplier` },
        ...secrets,
      }),
      objectEvent({
        eventTime: '2026-10-02T08:00:00.000+08:00',
        epcList: undefined,
        quantityList: [kilos(RAW, 7919)],
        bizStep: 'receiving',
        ...at(ELSEWHERE),
        ...ends(MAKER, ELSEWHERE),
      }),
      {
        type: 'TransformationEvent',
        eventID: 'urn:uuid:11111111-2222-4333-8444-000000000001',
        eventTime: '2026-10-03T08:00:00.000+08:00',
        eventTimeZoneOffset: '+08:00',
        inputQuantityList: [kilos(RAW, 1193)],
        outputQuantityList: [kilos(LOT, 8731)],
        bizStep: 'creating_class_instance',
        ...at(MAKER),
        certificationInfo: ['https://certs.example.org/a?b=1&c=2'],
        bizTransactionList: [
          { type: 'testres', bizTransaction: 'urn:epcglobal:cbv:bt:9521321000018:TEST-1' },
          { type: 'po', bizTransaction: `urn:epcglobal:cbv:bt:9521321000018:${SECRET}-ORDER` },
        ],
        ilmd: { 'cbvmda:lotNumber': 'L1', 'cbvmda:productionDate': '2026-10-03', 'ext:recipe': `${SECRET} 60:40` },
        ...secrets,
      },
      {
        type: 'AggregationEvent',
        eventID: `urn:example:${SECRET}-event-id`,
        eventTime: '2026-10-04T08:00:00.000+08:00',
        eventTimeZoneOffset: '+08:00',
        parentID: gs1(PALLET),
        childQuantityList: [kilos(LOT, 2977), kilos(OTHER_LOT, 413)],
        action: 'ADD',
        bizStep: 'packing',
        ...at(MAKER),
      },
      objectEvent({
        eventTime: '2026-10-05T08:00:00.000+08:00',
        epcList: [gs1(PALLET)],
        bizStep: 'shipping',
        ...at(MAKER),
        ...ends(MAKER, STORE),
        ...secrets,
      }),
      objectEvent({
        eventTime: '2026-10-06T08:00:00.000+08:00',
        epcList: [gs1(PALLET)],
        bizStep: 'receiving',
        ...at(STORE),
        ...ends(MAKER, STORE),
      }),
      objectEvent({
        eventTime: '2026-10-05T09:00:00.000+08:00',
        epcList: undefined,
        quantityList: [kilos(LOT, 413)],
        bizStep: 'shipping',
        ...at(MAKER),
        ...ends(MAKER, CUSTOMER),
      }),
      objectEvent({
        eventTime: '2026-10-07T08:00:00.000+08:00',
        epcList: undefined,
        quantityList: [kilos(LOT, 413)],
        bizStep: 'retail_selling',
        disposition: 'retail_sold',
        ...at(STORE),
        destinationList: [{ type: 'owning_party', destination: `https://people.example.org/${SECRET}` }],
        ...secrets,
      }),
    ],
    header,
  )
}

const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(2)>'

/** The same kind of story with markup wherever text can stand. */
export function hostileStory(lot: string): Record<string, unknown> {
  return documentOf(
    [
      objectEvent({
        epcList: undefined,
        quantityList: [{ epcClass: gs1(`01/09521321000407/10/${encodeURIComponent(lot)}`) }],
        action: 'ADD',
        bizStep: "https://example.org/'onclick='alert(3)",
        disposition: 'active',
        readPoint: { id: "https://example.org/'onmouseover='alert(3)" },
        bizLocation: { id: 'urn:example:%3Cb%3E' },
        certificationInfo: ['javascript:alert(4)', "https://certs.example.org/'onclick='alert(5)&lt;"],
        ilmd: { 'cbvmda:lotNumber': SCRIPT, 'cbvmda:productionDate': SCRIPT, 'cbvmda:grading': SCRIPT },
      }),
    ],
    {
      epcisHeader: {
        epcisMasterData: {
          vocabularyList: [
            {
              type: 'urn:epcglobal:epcis:vtype:EPCClass',
              vocabularyElementList: [
                {
                  id: gs1('01/09521321000407'),
                  attributes: [
                    { id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: SCRIPT },
                    { id: 'urn:epcglobal:cbv:mda#manufacturerOfTradeItemPartyName', attribute: SCRIPT },
                    { id: 'yuanliu:allergens', attribute: SCRIPT },
                  ],
                },
              ],
            },
          ],
        },
      },
    },
  )
}
