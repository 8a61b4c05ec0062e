import { connectionMessages } from './connection-messages.ts'
import { logMessages } from './log-messages.ts'
import { sandboxMessages } from './sandbox-messages.ts'
import { signingMessages } from './signing-messages.ts'
import { traceMessages } from './trace-messages.ts'

/** Everything the command says, in both languages. */
export const messages = {
  about: {
    zh: '源流 Yuanliu：导入事件文档、追溯和解读编码、管理访问密钥、运行演示城市',
    en: 'Yuanliu 源流: import event documents, trace and explain codes, manage access keys, run the demonstration city',
  },
  aboutEnv: {
    zh: '环境变量：\n  YUANLIU_URL  平台地址（默认 http://localhost:8080）\n  YUANLIU_KEY  访问密钥；未设置时读取 DATA_DIR/bootstrap-key（DATA_DIR 默认 ./var）',
    en: 'Environment:\n  YUANLIU_URL  address of the platform (default http://localhost:8080)\n  YUANLIU_KEY  access key; if not set, DATA_DIR/bootstrap-key is read (DATA_DIR default ./var)',
  },
  optionLang: { zh: '提示语言：zh 或 en', en: 'language of messages: zh or en' },
  optionVersion: { zh: '显示版本', en: 'show the version' },
  optionHelp: { zh: '显示帮助', en: 'show help' },
  optionQuiet: { zh: '不显示进度与逐个文件的结果', en: 'no progress, no line per file' },
  optionUrl: { zh: '平台地址，优先于 YUANLIU_URL', en: 'address of the platform, before YUANLIU_URL' },
  usage: { zh: '用法：', en: 'Usage:' },
  options: { zh: '选项：', en: 'Options:' },
  commands: { zh: '命令：', en: 'Commands:' },
  arguments: { zh: '参数：', en: 'Arguments:' },

  codeCommand: {
    zh: '解读编码：种类、各段、校验位、写法、扫码应示内容',
    en: 'explain a code: scheme, parts, check digit, forms, what must be shown',
  },
  codeText: { zh: '扫到或输入的内容', en: 'what was scanned or typed' },
  codeJson: { zh: '以 JSON 输出', en: 'print JSON' },
  codeUnknown: { zh: '不是已登记的任何编码。已登记：{ids}', en: 'no code of any scheme. Known: {ids}' },
  codeUri: { zh: '网址（代表其自身）', en: 'a URI, which stands for itself' },
  codeUnverified: { zh: '（规则未经核实，仅提示）', en: '(scheme not verified: it only warns)' },
  codeAbout: {
    zh: '依据：{standard}；管理：{authority}；层级：{level}',
    en: 'standard: {standard}; issuer: {authority}; level: {level}',
  },
  codeParts: { zh: '各段：', en: 'parts:' },
  codeCheck: { zh: '校验位正确：{checks}', en: 'check digit is right: {checks}' },
  codeForms: { zh: '写法：', en: 'forms:' },
  codeShows: { zh: '扫码应示：', en: 'must be shown to who scans it:' },

  importAbout: {
    zh: '导入 EPCIS 文件或文件夹（*.json、*.jsonld、*.xml），逐个上传采集；可重复运行',
    en: 'capture EPCIS files or folders (*.json, *.jsonld, *.xml) one by one; may be run again',
  },
  importPaths: { zh: '文件或文件夹', en: 'files or folders' },
  importProceed: {
    zh: '采集文档中正确的事件，拒绝其余；默认有一处错误即拒绝整个文档',
    en: 'take the sound events of a document and reject the rest; by default one fault refuses the document',
  },
  noSuchPath: { zh: '{path}：没有这个文件或文件夹', en: '{path}: no such file or folder' },
  unreadable: { zh: '{path}：无法读取（{code}）', en: '{path}: cannot be read ({code})' },
  nothingToImport: {
    zh: '{paths}：其中没有 *.json、*.jsonld 或 *.xml 文件',
    en: '{paths}: no *.json, *.jsonld or *.xml file there',
  },
  taken: {
    zh: '新增 {accepted} · 重复 {duplicate} · 冲突 {conflict} · 拒绝 {rejected}',
    en: 'accepted {accepted} · duplicate {duplicate} · conflict {conflict} · rejected {rejected}',
  },
  total: {
    zh: '合计：{files} 个文件，{skipped} 个跳过，{refused} 个被拒；事件 {counts}',
    en: 'Total: {files} files, {skipped} skipped, {refused} refused; events {counts}',
  },
  conflictAt: {
    zh: '{file} 第 {ordinal} 个事件 {eventID}：冲突——此编号已有另一内容的事件（报告方 {first}），以先到者为准',
    en: '{file} event {ordinal} {eventID}: conflict - other content is in force under this id (reported by {first})',
  },
  conflictSingle: {
    zh: '{file} {eventID}：冲突——此编号已有另一内容的事件，以先到者为准',
    en: '{file} {eventID}: conflict - other content is in force under this id',
  },
  rejectedAt: {
    zh: '{file} 第 {ordinal} 个事件 {eventID}：拒绝——{reason}',
    en: '{file} event {ordinal} {eventID}: rejected - {reason}',
  },
  lastMember: {
    zh: '{file}：注意——成员 {at} 在同一对象中出现两次，平台不收；按通行的读法取最后一个，已重新发送',
    en: '{file}: note - member {at} stands twice in its object, which the platform refuses; sent again with the last one, as JSON is commonly read',
  },
  refused: { zh: '{file}：整个文档被拒——{reason}', en: '{file}: refused - {reason}' },
  jobFailed: { zh: '采集任务 {id} 失败', en: 'capture job {id} failed' },
  noJob: {
    zh: '{url}：答复没有采集任务地址，可能不是本平台或经过了重定向',
    en: '{url}: the answer names no capture job; perhaps this is another program, or a redirect',
  },
  skipped: { zh: '{file}：跳过——{reason}', en: '{file}: skipped - {reason}' },
  notAnObject: { zh: '内容不是 JSON 对象', en: 'it holds no JSON object' },
  noEventList: { zh: '{type} 中没有事件列表', en: '{type} without an event list' },
  notEpcis: { zh: '不是 EPCIS 文档或事件（类型：{type}）', en: 'no EPCIS document or event (type: {type})' },
  noType: { zh: '未注明', en: 'none given' },
  brokenJson: { zh: 'JSON 不完整', en: 'the JSON is not complete' },
  unknownReporter: { zh: '未知', en: 'not known' },
  waiting: {
    zh: '平台繁忙，{seconds} 秒后重试：{title}',
    en: 'The platform is busy, trying again in {seconds} s: {title}',
  },

  labelAbout: {
    zh: '把编码画成二维码或条码；label sheet 生成标签打印页',
    en: 'draw a code as a carrier; label sheet makes pages of labels to print',
  },
  labelCarrier: {
    zh: '载体：qr（默认）、gs1-qr、gs1-datamatrix、datamatrix、hanxin、gs1-128、code-128、itf-14、ean-13',
    en: 'carrier: qr (default), gs1-qr, gs1-datamatrix, datamatrix, hanxin, gs1-128, code-128, itf-14, ean-13',
  },
  labelContent: {
    zh: '承载内容：link 产品页网址，text 编码原文（qr、datamatrix、hanxin 可选）',
    en: 'what it holds: link, the page address, or text, the code as given (qr, datamatrix, hanxin)',
  },
  labelFormat: { zh: '格式：svg（默认）或 png', en: 'format: svg (default) or png' },
  labelModule: { zh: '模块宽度（毫米）', en: 'width of a module in millimetres' },
  labelDpi: { zh: '打印机分辨率，如 203、300', en: 'dots an inch of the printer, such as 203 or 300' },
  labelOut: { zh: '写入文件', en: 'write to this file' },
  labelSheetAbout: {
    zh: '生成标签打印页（HTML），用浏览器打开并按实际大小打印',
    en: 'make pages of labels (HTML); open them in a browser and print at actual size',
  },
  labelCodes: { zh: '编码，任意写法', en: 'codes in any notation' },
  labelCodesFile: { zh: '编码文件，每行一个', en: 'a file of codes, one a line' },
  labelRange: { zh: '领用的编码段编号，代替编码', en: 'id of a range of issued codes, instead of codes' },
  labelFrom: { zh: '从第几个标签开始（从 0 起）', en: 'index of the first label, from 0' },
  labelCount: { zh: '最多打印几个标签', en: 'labels at most' },
  labelSheet: {
    zh: '标签纸：a4-3x8（默认）、a4-3x7、a4-2x7、a4-4x10、a4-2x4、roll-40x30、roll-60x40、roll-100x150',
    en: 'paper: a4-3x8 (default), a4-3x7, a4-2x7, a4-4x10, a4-2x4, roll-40x30, roll-60x40, roll-100x150',
  },
  labelCopies: { zh: '每个编码打印几个', en: 'labels of each code' },
  labelSkip: { zh: '第一页已用掉的格数', en: 'places of the first page that are used already' },
  labelShiftX: { zh: '整体右移（毫米，可为负）', en: 'move everything to the right by so many millimetres' },
  labelShiftY: { zh: '整体下移（毫米，可为负）', en: 'move everything down by so many millimetres' },
  labelName: { zh: '品名（默认用平台上的名称）', en: 'product name (default: what the platform knows)' },
  labelLot: { zh: '批号', en: 'lot' },
  labelMade: { zh: '生产日期', en: 'date of production' },
  labelExpires: { zh: '保质期至', en: 'best before' },
  labelWritten: { zh: '已写入 {path}', en: 'wrote {path}' },
  labelNeedsOut: {
    zh: 'PNG 图片需要 --out 指定文件名',
    en: 'a PNG picture needs a file: give its name with --out',
  },
  labelRangeAndCodes: {
    zh: '--range 不能与编码或 --codes 同用，请只给一种',
    en: '--range stands instead of codes; give one or the other',
  },
  labelNotANumber: {
    zh: '“{text}”不是整数，请核对 --from、--count',
    en: '"{text}" is no whole number; check --from and --count',
  },
  labelNoCodes: {
    zh: '没有编码：请写在命令后面，或用 --codes 指定每行一个编码的文件',
    en: 'no codes: give them on the command line, or a file with one a line with --codes',
  },
  labelTooMany: {
    zh: '{count} 个编码，一次最多 {most} 个，请分成几个文件',
    en: '{count} codes; at most {most} at once: divide them into several files',
  },
  unwritable: { zh: '{path}：无法写入（{code}）', en: '{path}: cannot be written ({code})' },

  keyAbout: { zh: '管理访问密钥', en: 'manage access keys' },
  keyCreateAbout: { zh: '新建密钥，只显示一次', en: 'create a key; it is shown once' },
  keyListAbout: { zh: '列出密钥（不含密钥本身）', en: 'list keys, without their texts' },
  keyRevokeAbout: { zh: '吊销密钥', en: 'revoke a key' },
  keyId: { zh: '密钥编号（见 key list）', en: 'id of the key (see key list)' },
  keyOrganisation: { zh: '所属单位的代码', en: 'code of the organisation it belongs to' },
  keyName: { zh: '单位名称（新单位）', en: 'name of the organisation, when new' },
  keyPermissions: { zh: '权限，逗号分隔：{all}', en: 'permissions, separated by commas: {all}' },
  keyExpires: {
    zh: '到期时间，如 2027-01-01T00:00:00+08:00',
    en: 'expiry, such as 2027-01-01T00:00:00+08:00',
  },
  keyLabel: { zh: '备注', en: 'a note' },
  keyLenient: {
    zh: '宽松采集：顺序不对、多余文字、未知词条等照收，并在回执中注明',
    en: 'lenient capture: wrong order, stray text, unknown terms and the like are taken and remarked upon in receipts',
  },
  keyCreated: {
    zh: '已为 {organisation} 新建密钥 {id}（{permissions}；到期 {expires}）。上面这一行只显示一次，请妥善保存。',
    en: 'Key {id} created for {organisation} ({permissions}; expires {expires}). The line above is shown once: keep it safe.',
  },
  keyRevoked: {
    zh: '密钥 {id}（{organisation}）已于 {revoked} 吊销',
    en: 'Key {id} ({organisation}) is revoked since {revoked}',
  },
  keyLine: {
    zh: '{id}  {organisation}  {permissions}  {state}  新建 {created}  最近使用 {lastUsed}  {label}',
    en: '{id}  {organisation}  {permissions}  {state}  created {created}  last used {lastUsed}  {label}',
  },
  keyNone: { zh: '没有密钥', en: 'There are no keys' },
  keyValid: { zh: '有效', en: 'valid' },
  keyValidUntil: { zh: '有效至 {time}', en: 'valid until {time}' },
  keyExpired: { zh: '已于 {time} 过期', en: 'expired {time}' },
  keyGone: { zh: '已于 {time} 吊销', en: 'revoked {time}' },
  never: { zh: '从未', en: 'never' },
  wrongPermission: {
    zh: '--permissions：没有“{word}”这种权限；可用：{all}',
    en: '--permissions: there is no permission "{word}"; choose from {all}',
  },

  demoAbout: {
    zh: '导入演示城市；--serve 同时运行平台（内嵌数据库，默认 ./var/demo）',
    en: 'import the demonstration city; --serve also runs the platform (embedded database, default ./var/demo)',
  },
  demoServe: { zh: '在本进程中运行平台', en: 'run the platform in this process' },
  demoThere: { zh: '演示数据已在平台中，无需再次导入', en: 'The demonstration data are there already' },
  demoImporting: { zh: '正在导入演示城市', en: 'Importing the demonstration city' },
  demoDone: { zh: '演示城市：{documents} 份文档，{counts}', en: 'Demonstration city: {documents} documents, {counts}' },
  demoRefused: {
    zh: '演示文档 {document}（{reporter}）被拒：{reason}',
    en: 'Demonstration document {document} ({reporter}) was refused: {reason}',
  },
  demoReady: {
    zh: '源流已就绪（演示数据）：{url}',
    en: 'Yuanliu is ready, with demonstration data: {url}',
  },
  demoKey: { zh: '访问密钥在文件 {path} 中', en: 'The access key is in the file {path}' },
  demoKeySet: { zh: '访问密钥由 YUANLIU_BOOTSTRAP_KEY 设定', en: 'The access key is the one in YUANLIU_BOOTSTRAP_KEY' },
  demoTry: { zh: '可以试查：', en: 'Codes to try:' },
  demoStop: { zh: '按 Ctrl+C 停止', en: 'Ctrl+C stops it' },
  demoNoDatabase: {
    zh: '已忽略 DATABASE_URL：演示使用内嵌数据库，不与真实数据混在一起',
    en: 'DATABASE_URL is ignored: the demonstration uses the embedded database, apart from real data',
  },
  serveAndUrl: {
    zh: '--serve 与 --url 不能同时使用：--serve 在本进程中运行平台，地址由 HOST、PORT 设定',
    en: '--serve and --url exclude each other: --serve runs the platform here, HOST and PORT say where',
  },
  stopping: { zh: '正在停止', en: 'Stopping' },

  conformanceAbout: {
    zh: '以 EPCIS 2.0 标准的行为逐项测试任一服务器；有一项不符即以 1 退出',
    en: 'try any EPCIS 2.0 server from outside, behaviour by behaviour; exit code 1 where one differs',
  },
  conformanceUrl: {
    zh: 'EPCIS 根地址，例如 http://localhost:8080/epcis',
    en: 'address of the EPCIS root, e.g. http://localhost:8080/epcis',
  },
  conformanceKey: {
    zh: '访问密钥（作 Bearer；含空格则整个作为 Authorization），否则用 YUANLIU_KEY',
    en: 'access key (as Bearer; with a space: the whole of Authorization), else YUANLIU_KEY',
  },
  conformanceJson: { zh: '把结果以 JSON 写入文件', en: 'write the results as JSON to a file' },
  conformanceOnly: {
    zh: '只测这些项目或类别，逗号分隔，例如 query,paging/ties',
    en: 'only these cases or families, divided by commas, e.g. query,paging/ties',
  },
  conformanceList: { zh: '列出各项：做什么、应当怎样', en: 'list the cases: what is done, what is expected' },
  conformanceCallback: {
    zh: '服务器连到本机的地址（测试 webhook）；端口在本机监听',
    en: 'address under which the server reaches this machine (webhooks); its port is listened on here',
  },
  conformanceQuiet: { zh: '不显示进度', en: 'no progress' },
  conformanceExpected: { zh: '应为：{expected}', en: 'expected: {expected}' },
  conformanceGot: { zh: '实际：{got}', en: 'got: {got}' },
  conformanceTotal: {
    zh: '{url}：通过 {passed} · 不符 {failed} · 跳过 {skipped}（共 {all} 项）',
    en: '{url}: passed {passed} · failed {failed} · skipped {skipped} (of {all} cases)',
  },
  conformanceNoCase: {
    zh: '没有名为“{only}”的项目或类别；--list 列出全部',
    en: 'No case and no family is called "{only}"; --list shows all',
  },
  conformanceNoUrl: {
    zh: '请给出 EPCIS 根地址，例如 yuanliu conformance http://localhost:8080/epcis',
    en: 'Give the address of the EPCIS root, e.g. yuanliu conformance http://localhost:8080/epcis',
  },
  conformanceNotRoot: {
    zh: '{url} 不是 EPCIS 根地址；请用 {root}',
    en: '{url} is not the EPCIS root; give {root}',
  },
  conformanceNoKey: {
    zh: '{url} 回答 401：请用 --key 或 YUANLIU_KEY 给出该服务器认可的密钥',
    en: '{url} answers 401: give a key that it takes, with --key or YUANLIU_KEY',
  },

  failed: { zh: '错误：{reason}', en: 'Error: {reason}' },
  unreachable: {
    zh: '{url} 没有应答（{reason}）。平台在运行吗？用 npm start 启动，或用 YUANLIU_URL 指定地址。',
    en: '{url} does not answer ({reason}). Is the platform running? Start it with npm start, or set YUANLIU_URL.',
  },
  wrongUrl: {
    zh: '平台地址“{url}”不是 http(s):// 网址；请检查 YUANLIU_URL',
    en: 'The address "{url}" is not an http(s):// URL; check YUANLIU_URL',
  },
  ...connectionMessages,
  ...logMessages,
  ...signingMessages,
  ...traceMessages,
  ...sandboxMessages,
} as const satisfies Record<string, { zh: string; en: string }>

export type Message = keyof typeof messages
