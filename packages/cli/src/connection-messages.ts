/** What is said of the access key with which the command calls the platform. */
export const connectionMessages = {
  keyAbsent: {
    zh: '没有访问密钥：请设置 YUANLIU_KEY，或用 DATA_DIR 指明平台的数据目录（{path} 不存在；演示城市用 DATA_DIR=./var/demo）',
    en: "No access key: set YUANLIU_KEY, or name the platform's data folder in DATA_DIR ({path} does not exist; for the demonstration city DATA_DIR=./var/demo)",
  },
  keyMalformed: {
    zh: '{source} 中的访问密钥为空或含有空格、换行或非 ASCII 字符',
    en: 'The access key in {source} is empty or has spaces, line breaks or characters beyond ASCII',
  },
  keyFrom: { zh: '所用密钥来自 {source}', en: 'The key was taken from {source}' },
} as const satisfies Record<string, { zh: string; en: string }>
