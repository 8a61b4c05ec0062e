/** A scheme file that cannot be used. The message names the file (or scheme) and the place in it. */
export class SchemeError extends Error {
  override name = 'SchemeError'
}
