import { setFlagsFromString } from 'node:v8'

/**
 * Lets the heap grow by this much over what lives in it before garbage is collected, in per cent. V8 chooses up to 300
 * where memory is plentiful: a large trace then holds three times what it needs, and the machine is the database's too.
 */
const GROWTH = 70

/** To be called before anything large is read. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
}
