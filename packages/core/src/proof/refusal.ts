/** Why something of the log is not believed: one entry a kind, with words for people. */
export const refusals = {
  'too-large': { zh: '超过长度上限', en: 'Longer than the limit' },
  'not-utf8': { zh: '不是有效的 UTF-8 文本', en: 'Not valid UTF-8' },
  'control-character': { zh: '含有控制字符', en: 'Holds a control character' },
  'not-base64': { zh: '不是规范的 Base64', en: 'Not canonical base64' },
  'not-hex': { zh: '不是小写十六进制', en: 'Not lower-case hexadecimal' },
  'not-decimal': { zh: '不是规范的十进制数', en: 'Not a canonical decimal number' },
  'hash-length': { zh: '哈希值应为 32 字节', en: 'A hash must have 32 bytes' },
  'range-wrong': { zh: '序号或大小超出范围', en: 'An index or a size is out of range' },
  'note-shape': { zh: '签名文本的格式不对', en: 'The signed note is malformed' },
  'key-name': { zh: '密钥名称不合规则', en: 'The key name breaks the rules' },
  'key-shape': { zh: '验证密钥格式不对', en: 'The verifier key is malformed' },
  'key-ambiguous': { zh: '两个已知密钥的名称和编号相同', en: 'Two known keys have the same name and id' },
  'algorithm-unknown': { zh: '不认识的签名算法', en: 'The signature algorithm is not known' },
  'algorithm-unavailable': {
    zh: '此环境没有该签名算法：请提供其实现',
    en: 'This environment lacks the signature algorithm: pass an implementation of it',
  },
  'signature-wrong': { zh: '已知密钥的签名不成立', en: 'A signature of a known key is wrong' },
  'signature-missing': { zh: '没有已知密钥的签名', en: 'No signature by a known key' },
  'checkpoint-shape': { zh: '检查点格式不对', en: 'The checkpoint is malformed' },
  'origin-other': { zh: '检查点属于另一个日志', en: 'The checkpoint is of another log' },
  'cosignature-shape': { zh: '见证签名格式不对', en: 'The cosignature is malformed' },
  'tile-path': { zh: '瓦片路径不对', en: 'The path names no tile' },
  'tile-missing': { zh: '缺少瓦片', en: 'A tile is missing' },
  'tile-length': { zh: '瓦片长度不对', en: 'A tile has the wrong length' },
  'tile-wrong': { zh: '瓦片与检查点不符', en: 'A tile does not agree with the checkpoint' },
  'bundle-shape': { zh: '条目包格式不对', en: 'The entry bundle is malformed' },
  'entry-shape': { zh: '日志条目格式不对', en: 'The log entry is malformed' },
  'entry-version': {
    zh: '日志条目版本未知：请更新验证程序',
    en: 'The version of the log entry is unknown: update the verifier',
  },
  'commitment-wrong': {
    zh: '内容与日志条目的承诺不符',
    en: 'The content does not open the commitment of the log entry',
  },
  'proof-shape': { zh: '证明文件格式不对', en: 'The proof file is malformed' },
  'proof-wrong': { zh: '证明不成立', en: 'The proof does not hold' },
  'bundle-json': { zh: '证据包格式不对', en: 'The proof bundle is malformed' },
  'policy-shape': { zh: '策略文件有误', en: 'The policy file is wrong' },
  'quorum-missing': { zh: '见证人不足', en: 'Not enough witnesses have cosigned' },
  'log-forked': { zh: '日志与先前见过的检查点不一致', en: 'The log does not continue a checkpoint seen before' },
  'statement-shape': { zh: '签名声明的格式不对', en: 'The signed statement is malformed' },
  'statement-empty': { zh: '没有可签名的事件', en: 'There is no event to sign' },
  'event-unsigned': { zh: '此签名不包含该事件', en: 'The signature does not cover this event' },
  'possession-other': {
    zh: '持有证明针对的是另一单位或另一密钥',
    en: 'The proof of possession is for another organisation or key',
  },
  'self-test': { zh: '密码算法自检未通过', en: 'A known-answer test of the cryptography failed' },
} as const satisfies Record<string, { zh: string; en: string }>

export type RefusalKind = keyof typeof refusals

/** Thrown by everything under `proof` for what is not believed, with the place where it shows; nothing else is. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  /** line, path or field where it shows */
  readonly at: string | undefined

  constructor(kind: RefusalKind, at?: string) {
    super(at === undefined ? refusals[kind].en : `${refusals[kind].en}: ${at}`)
    this.name = 'Refusal'
    this.kind = kind
    this.at = at
  }

  /** The refusal in words for people. */
  get words(): { zh: string; en: string } {
    const { zh, en } = refusals[this.kind]
    return this.at === undefined ? { zh, en } : { zh: `${zh}：${this.at}`, en: `${en}: ${this.at}` }
  }
}
