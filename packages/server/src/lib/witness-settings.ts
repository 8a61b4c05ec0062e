import { resolve } from 'node:path'
import type { Config, Setting } from './config.ts'
import { httpAddress, integer, logOrigin, oneOf, pattern, text } from './setting-values.ts'

/** Settings of witnessing, in both roles, and of anchoring. */
export interface WitnessConfig {
  logPolicy: string | null
  logSmPolicy: string | null
  logCosignMs: number
  witnessLogs: string | null
  witnessName: string | null
  witnessKeyFile: string | null
  witnessSmKeyFile: string | null
  anchor: 'off' | 'file' | 'webase'
  anchorSeconds: number
  anchorFile: string | null
  anchorUrl: string | null
  anchorGroup: string | null
  anchorUser: string | null
  anchorContract: string | null
}

const file = (value: string) => (value === '' ? null : resolve(text(value)))
const CHAIN_ADDRESS = pattern(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hexadecimal digits')

/** The rows of the table of settings that are about witnesses and anchors. */
export function witnessSettings(setting: <K extends keyof Config>(s: Setting<K>) => Setting<keyof Config>) {
  return [
    setting({
      name: 'LOG_POLICY',
      key: 'logPolicy',
      fallback: '',
      parse: file,
      zh: '请哪些见证人为 Ed25519 日志联署及所需人数的策略文件（C2SP tlog-policy，witness 行须有网址）；留空则不请',
      en: 'Policy file (C2SP tlog-policy): witnesses, with their addresses, that are asked to cosign the log of SHA-256 and Ed25519, and how many are needed; empty: none is asked',
    }),
    setting({
      name: 'LOG_SM_POLICY',
      key: 'logSmPolicy',
      fallback: '',
      parse: file,
      zh: '国密日志的同类文件',
      en: 'The same for the log of SM3 and SM2',
    }),
    setting({
      name: 'LOG_COSIGN_MS',
      key: 'logCosignMs',
      fallback: '3000',
      parse: integer(50, 3_600_000),
      zh: '两次请求联署之间的毫秒数',
      en: 'Milliseconds between two requests for cosignatures',
    }),
    setting({
      name: 'WITNESS_LOGS',
      key: 'witnessLogs',
      fallback: '',
      parse: file,
      zh: '本平台作为见证人所见证的日志：同格式文件，log 行给出验证密钥（附网址则可自行查证分叉）；留空则不作见证人',
      en: 'File of the same form whose log lines name the logs that this platform witnesses for others (with an address, a suspected fork is looked into); empty: it is nobody’s witness',
    }),
    setting({
      name: 'WITNESS_NAME',
      key: 'witnessName',
      fallback: '',
      parse: logOrigin,
      zh: '见证密钥的名称；留空取 PUBLIC_URL 去掉协议加 /witness',
      en: 'Name of the witness’s keys; empty: PUBLIC_URL without its scheme, and /witness',
    }),
    setting({
      name: 'WITNESS_KEY_FILE',
      key: 'witnessKeyFile',
      fallback: '',
      parse: file,
      zh: 'Ed25519 见证密钥文件；留空为 DATA_DIR/witness-key（内嵌数据库需要时生成）；口令同 LOG_KEY_PASSPHRASE',
      en: 'File of the Ed25519 key that cosigns for others; empty: DATA_DIR/witness-key, made on the embedded database when it is needed; LOG_KEY_PASSPHRASE opens it',
    }),
    setting({
      name: 'WITNESS_SM_KEY_FILE',
      key: 'witnessSmKeyFile',
      fallback: '',
      parse: file,
      zh: 'SM2 见证密钥文件；留空为 DATA_DIR/witness-sm-key',
      en: 'The same for SM2; empty: DATA_DIR/witness-sm-key',
    }),
    setting({
      name: 'ANCHOR',
      key: 'anchor',
      fallback: 'off',
      parse: oneOf('off', 'file', 'webase'),
      zh: '检查点锚定：off 不锚定；file 写入另一处的文件；webase 经 WeBASE-Front 写入 FISCO BCOS 联盟链',
      en: 'Where checkpoints are anchored: off; file, in a file elsewhere; webase, in a FISCO BCOS chain through WeBASE-Front',
    }),
    setting({
      name: 'ANCHOR_SECONDS',
      key: 'anchorSeconds',
      fallback: '3600',
      parse: integer(1, 2_592_000),
      zh: '两次锚定之间的秒数',
      en: 'Seconds between two anchors',
    }),
    setting({
      name: 'ANCHOR_FILE',
      key: 'anchorFile',
      fallback: '',
      parse: file,
      zh: 'ANCHOR=file 时的文件，应在另一台机器或一次写入的介质上',
      en: 'The file of ANCHOR=file: on another machine, or on a medium that is written once',
    }),
    setting({
      name: 'ANCHOR_URL',
      key: 'anchorUrl',
      fallback: '',
      parse: httpAddress,
      zh: 'WeBASE-Front 的地址，如 http://127.0.0.1:5002/WeBASE-Front',
      en: 'Address of WeBASE-Front, such as http://127.0.0.1:5002/WeBASE-Front',
    }),
    setting({
      name: 'ANCHOR_GROUP',
      key: 'anchorGroup',
      fallback: '1',
      parse: pattern(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a group, such as 1 or group0'),
      zh: '链上群组编号',
      en: 'Group of the chain',
    }),
    setting({
      name: 'ANCHOR_USER',
      key: 'anchorUser',
      fallback: '',
      parse: CHAIN_ADDRESS,
      zh: '发起交易的用户地址，私钥由 WeBASE-Front 保管',
      en: 'Address of the user that sends; WeBASE-Front holds its key',
    }),
    setting({
      name: 'ANCHOR_CONTRACT',
      key: 'anchorContract',
      fallback: '',
      parse: CHAIN_ADDRESS,
      zh: '锚定合约（data/anchor/Anchor.sol）的地址',
      en: 'Address of the contract (data/anchor/Anchor.sol)',
    }),
  ]
}
