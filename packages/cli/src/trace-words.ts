import type { AnomalyKind, GapKind, ReachedAs, SubjectKind, TraceCut, UnitLevel } from '@yuanliu/core'

interface Words {
  zh: string
  en: string
}

/** What stands in a printed trace; names of products, places and parties come from the answer alone. */
export const WORDS = {
  backward: { zh: '来源', en: 'Where it comes from' },
  forward: { zh: '去向', en: 'Where it went' },
  known: {
    zh: '按当时所知：{time}（日志条目 {index}，采集序号 {position}）',
    en: 'As known at {time} (log entry {index}, capture position {position})',
  },
  others: { zh: '其他相关单元', en: 'Other units of this trace' },
  seen: { zh: '（见上）', en: '(see above)' },
  made: { zh: '原料', en: 'made from' },
  into: { zh: '制成', en: 'made into' },
  lot: { zh: '所属批次', en: 'of lot' },
  item: { zh: '批次中的单品', en: 'item of the lot' },
  carrier: { zh: '装于', en: 'packed in' },
  content: { zh: '内装', en: 'contains' },
  possible: { zh: '可能', en: 'possibly' },
  disputed: { zh: '有争议', en: 'disputed' },
  signed: { zh: '签名', en: 'signed by' },
  elsewhere: { zh: '另有 {n} 条记录属于其他去路', en: '{n} more records belong to other branches' },
  gap: { zh: '缺失', en: 'gap' },
  anomaly: { zh: '异常', en: 'anomaly' },
  since: { zh: '自 {time}', en: 'since {time}' },
  balances: { zh: '数量平衡', en: 'Balances' },
  produced: { zh: '产', en: 'produced' },
  received: { zh: '收', en: 'received' },
  returnedIn: { zh: '退入', en: 'returned in' },
  used: { zh: '用', en: 'used' },
  shipped: { zh: '发', en: 'shipped' },
  sold: { zh: '售', en: 'sold' },
  returnedOut: { zh: '退出', en: 'returned out' },
  destroyed: { zh: '销毁', en: 'destroyed' },
  book: { zh: '账面', en: 'book' },
  counted: { zh: '盘点', en: 'counted' },
  difference: { zh: '差额', en: 'difference' },
  cut: {
    zh: '结果不完整：达到{limit}上限，还有 {n} 个单元未展开',
    en: 'Not complete: the limit of {limit} was met, {n} units are not expanded',
  },
  nothing: { zh: '没有事件', en: 'no events' },
} as const satisfies Record<string, Words>

export const GAPS: Record<GapKind, Words> = {
  'no-receipt': { zh: '已发出，未提供收货记录', en: 'shipped, no receipt recorded' },
  'no-shipment': { zh: '已收货，未提供发货记录', en: 'received, no shipment recorded' },
  'unknown-origin': { zh: '此前的来源未提供', en: 'where it came from is not recorded' },
  'more-out-than-in': { zh: '出多于入', en: 'more went out than came in' },
  'time-runs-back': { zh: '时间倒置', en: 'time runs backwards' },
  'class-only': { zh: '只记录到产品，未到批次或单品', en: 'recorded by product only, not by lot or serial' },
}

export const ANOMALIES: Record<AnomalyKind, Words> = {
  'same-time': { zh: '同一时刻的两条记录，先后由采集次序决定', en: 'two records of one instant, ordered by capture' },
  'two-lots': { zh: '一件单品记录了两个批次', en: 'one item recorded in two lots' },
  'moved-without-unpacking': { zh: '未拆出即装入另一容器', en: 'packed elsewhere without being unpacked' },
  'foreign-transformation': {
    zh: '他方使用了同一 transformationID',
    en: 'another reporter uses the same transformationID',
  },
  'unit-not-convertible': { zh: '计量单位无法换算', en: 'the unit of measure does not convert' },
  disputed: { zh: '他方声明此记录有误', en: 'another party declares this record wrong' },
}

export const REACHED: Record<ReachedAs, Words> = {
  start: { zh: '所查', en: 'start' },
  origin: { zh: '来源', en: 'origin' },
  product: { zh: '产物', en: 'product' },
  lot: { zh: '批次', en: 'lot' },
  item: { zh: '单品', en: 'item' },
  content: { zh: '内装物', en: 'content' },
  carrier: { zh: '载具', en: 'carrier' },
  class: { zh: '产品', en: 'product class' },
  possible: { zh: '可能', en: 'possible' },
}

export const LEVELS: Record<UnitLevel, Words> = {
  class: { zh: '产品', en: 'class' },
  lot: { zh: '批次', en: 'lot' },
  item: { zh: '单品', en: 'item' },
  logistic: { zh: '物流单元', en: 'logistic unit' },
  asset: { zh: '资产', en: 'asset' },
  place: { zh: '地点', en: 'place' },
  party: { zh: '单位', en: 'party' },
  document: { zh: '单证', en: 'document' },
  other: { zh: '其他', en: 'other' },
}

export const LIMITS: Record<TraceCut['limit'], Words> = {
  units: { zh: '单元数', en: 'units' },
  events: { zh: '事件数', en: 'events' },
  time: { zh: '时间', en: 'time' },
  depth: { zh: '级数', en: 'depth' },
}

/** In what capacity somebody signs. */
export const KINDS: Record<SubjectKind, Words> = {
  enterprise: { zh: '企业', en: 'enterprise' },
  testing: { zh: '检测机构', en: 'testing body' },
  certification: { zh: '认证机构', en: 'certification body' },
  regulator: { zh: '监管部门', en: 'regulator' },
}
