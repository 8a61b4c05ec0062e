const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Whether a text is the id of one of our resources: what is not names none of them. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
