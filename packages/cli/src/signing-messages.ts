/** What `yuanliu signing-key` and `yuanliu sign` say. */
export const signingMessages = {
  signingKeyAbout: {
    zh: '签名密钥：生成、登记、列出、吊销',
    en: 'keys that sign events: create, register, list, revoke',
  },
  signingKeyCreateAbout: {
    zh: '生成签名密钥文件（仅本人可读；设置 SIGNING_KEY_PASSPHRASE 则加密）；只输出验证密钥',
    en: 'make a key file, readable by its owner only (sealed if SIGNING_KEY_PASSPHRASE is set); prints the verifier key alone',
  },
  signingKeyFile: { zh: '密钥文件', en: 'the key file' },
  signingKeyName: {
    zh: '密钥名称：单位代码，或单位代码加 / 及后缀',
    en: "name of the key: the organisation's code, or that with / and more",
  },
  signingKeySuite: { zh: '密码套件（默认 sha256-ed25519）', en: 'suite (default sha256-ed25519)' },
  signingKeyRegisterAbout: {
    zh: '为单位登记公钥，附持有证明',
    en: 'register the public key for its organisation, with proof of possession',
  },
  signingKeyKind: {
    zh: '主体类别（默认 enterprise；其他类别须管理员登记）',
    en: 'kind of subject (default enterprise; others are registered by an administrator)',
  },
  signingKeyLabel: { zh: '说明', en: 'a label' },
  signingKeyFrom: { zh: '起始时间（默认现在）', en: 'valid from (default now)' },
  signingKeyUntil: { zh: '截止时间', en: 'valid until' },
  signingKeyPrint: {
    zh: '不发送，只输出登记请求的 JSON，交给管理员',
    en: 'send nothing: print the request as JSON, for an administrator',
  },
  signingKeyListAbout: { zh: '列出单位的签名公钥', en: "list an organisation's keys" },
  signingKeyOrganisation: { zh: '单位代码', en: 'code of the organisation' },
  signingKeyRevokeAbout: {
    zh: '吊销签名公钥；此前已收到的签名仍然有效',
    en: 'revoke a key; signatures that were received before stay valid',
  },
  signingKeyId: { zh: '密钥编号（8 位十六进制）', en: 'id of the key, 8 hexadecimal digits' },
  signingKeyMade: { zh: '{path} 已生成；验证密钥：', en: '{path} is made; the verifier key:' },
  signingKeyRegistered: {
    zh: '已登记 {organisation} 的密钥 {id}（{kind}，{suite}），{from} 起，至 {until}',
    en: 'Key {id} of {organisation} is registered ({kind}, {suite}), from {from}, until {until}',
  },
  signingKeyNone: { zh: '没有签名公钥', en: 'There are no signing keys' },
  signingKeyLine: {
    zh: '{id}  {kind}  {suite}  {from} – {until}  {state}  {label}',
    en: '{id}  {kind}  {suite}  {from} – {until}  {state}  {label}',
  },
  signingKeyGone: { zh: '{time} 吊销', en: 'revoked {time}' },
  signingKeyInForce: { zh: '有效', en: 'in force' },
  signingKeyRevoked: {
    zh: '{organisation} 的密钥 {id} 已于 {time} 吊销；位置 {position} 之前的签名仍然有效',
    en: 'Key {id} of {organisation} was revoked {time}; signatures before position {position} stay valid',
  },
  signAbout: {
    zh: '为文档（JSON 或 XML）中的事件签名，写出 <文件>.sig；import 会一并提交',
    en: 'sign the events of a document (JSON or XML) into <file>.sig, which import sends along',
  },
  signFile: { zh: '事件文档', en: 'the document' },
  signKey: { zh: '签名密钥文件', en: 'key file' },
  signOut: {
    zh: '签名文件（默认 <文件>.sig；- 为标准输出）',
    en: 'file for the signature (default <file>.sig; - for stdout)',
  },
  signed: { zh: '{events} 个事件已由 {key} 签名：{path}', en: '{events} events are signed by {key}: {path}' },
  signatureAlong: { zh: '随附签名 {path}', en: 'with the signature {path}' },
} as const satisfies Record<string, { zh: string; en: string }>
