/** What `yuanliu trace` says beside the trace itself. */
export const traceMessages = {
  traceAbout: { zh: '追溯一个编码并显示为树', en: 'trace a code and print a tree' },
  traceCode: {
    zh: '编码：Digital Link、URN、(01)… 字符串等任意写法',
    en: 'any notation: Digital Link, URN, (01)… element string',
  },
  traceDirection: {
    zh: '方向：backward 来源、forward 去向、both 双向',
    en: 'backward: where from; forward: where to; both',
  },
  traceAt: { zh: '截至（来源）或起自（去向）的时间', en: 'until (backward) or since (forward) this time' },
  traceKnown: {
    zh: '按当时所知：日志条目序号，或收到时间',
    en: 'only what was known then: index of a log entry, or time of receipt',
  },
  traceDepth: { zh: '最多追几级', en: 'levels at most' },
  traceJson: { zh: '输出追溯图 JSON', en: 'print the graph as JSON' },
} as const
