/**
 * Follows XML byte by byte, only as far as cutting needs it: where tags, comments and the like end. Whether a text is
 * well-formed is for the parser to say, which sees every piece afterwards.
 */

/** What a byte has completed. */
export const TOKEN = {
  none: 0,
  /** `<` */
  markup: 1,
  /** `>` of a start tag */
  open: 2,
  /** `>` of an empty element's tag */
  empty: 3,
  /** `>` of an end tag */
  close: 4,
  comment: 5,
  /** of a CDATA section, a processing instruction, a document type declaration, or what is none of these */
  other: 6,
  /** a character of text that is not white space */
  text: 7,
} as const
export type Token = (typeof TOKEN)[keyof typeof TOKEN]

const TEXT = 0
const MARKUP = 1
const NAME = 2
const TAG = 3
const DOUBLE = 4
const SINGLE = 5
const END_TAG = 6
const BANG = 7
const COMMENT = 8
const CDATA = 9
const DOCTYPE = 10
const DOCTYPE_DOUBLE = 11
const DOCTYPE_SINGLE = 12
const INSTRUCTION = 13

export interface TagLexer {
  /** Takes one byte. */
  step(c: number): Token
  /** Goes on behind an element that was read otherwise. */
  restart(): void
  /** Name of the start tag that ended last, a character for each byte; empty unless `keepNames`. */
  name(): string
  /** whether names of start tags are wanted */
  keepNames: boolean
  /** whether a DOCTYPE has declared or referred to anything, rather than only named the root */
  declares(): boolean
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09
}

/** A lexer at the beginning of a document. */
export function tagLexer(): TagLexer {
  let state = TEXT
  let name = ''
  /** bytes behind `<!`, as long as they decide what it is */
  let bang = ''
  let before = 0
  let beforeThat = 0
  let brackets = 0
  let declares = false

  function over(token: Token): Token {
    state = TEXT
    return token
  }

  function bangStep(c: number): Token {
    bang += String.fromCharCode(c)
    before = 0
    beforeThat = 0
    brackets = 0
    if (bang === '--') state = COMMENT
    else if (bang === '[CDATA[') state = CDATA
    else if (bang === 'DOCTYPE') state = DOCTYPE
    else if (c === 0x3e || bang.length > 7) return over(TOKEN.other)
    return TOKEN.none
  }

  /** Ends at `>` behind twice the same byte: `-->`, `]]>`. */
  function pairStep(c: number, mark: number, token: Token): Token {
    const isOver = c === 0x3e && before === mark && beforeThat === mark
    beforeThat = before
    before = c
    return isOver ? over(token) : TOKEN.none
  }

  function doctypeStep(c: number): Token {
    if (c === 0x22) state = DOCTYPE_DOUBLE
    else if (c === 0x27) state = DOCTYPE_SINGLE
    else if (c === 0x5b) brackets++
    else if (c === 0x5d) brackets--
    else if (c === 0x3e && brackets <= 0) return over(TOKEN.other)
    if (c === 0x22 || c === 0x27 || c === 0x5b) declares = true
    return TOKEN.none
  }

  /** Bytes that are neither text nor of a tag. */
  function rareStep(c: number): Token {
    switch (state) {
      case BANG:
        return bangStep(c)
      case COMMENT:
        return pairStep(c, 0x2d, TOKEN.comment)
      case CDATA:
        return pairStep(c, 0x5d, TOKEN.other)
      case DOCTYPE:
        return doctypeStep(c)
      case DOCTYPE_DOUBLE:
        if (c === 0x22) state = DOCTYPE
        return TOKEN.none
      case DOCTYPE_SINGLE:
        if (c === 0x27) state = DOCTYPE
        return TOKEN.none
      default: {
        const isOver = c === 0x3e && before === 0x3f
        before = c
        return isOver ? over(TOKEN.other) : TOKEN.none
      }
    }
  }

  const lexer: TagLexer = {
    keepNames: true,
    name: () => name,
    declares: () => declares,
    restart() {
      state = TEXT
    },
    step(c) {
      switch (state) {
        case TEXT:
          if (c !== 0x3c) return isSpace(c) ? TOKEN.none : TOKEN.text
          state = MARKUP
          return TOKEN.markup
        case MARKUP:
          before = 0
          if (c === 0x2f) state = END_TAG
          else if (c === 0x3f) state = INSTRUCTION
          else if (c === 0x21) {
            state = BANG
            bang = ''
          } else {
            name = lexer.keepNames ? String.fromCharCode(c) : ''
            state = NAME
          }
          return TOKEN.none
        case NAME:
          if (c === 0x3e) return over(TOKEN.open)
          before = c
          if (c === 0x2f || isSpace(c)) state = TAG
          else if (lexer.keepNames && name.length < 1_000) name += String.fromCharCode(c)
          return TOKEN.none
        case TAG:
          if (c === 0x3e) return over(before === 0x2f ? TOKEN.empty : TOKEN.open)
          before = c
          if (c === 0x22) state = DOUBLE
          else if (c === 0x27) state = SINGLE
          return TOKEN.none
        case DOUBLE:
          if (c === 0x22) state = TAG
          return TOKEN.none
        case SINGLE:
          if (c === 0x27) state = TAG
          return TOKEN.none
        case END_TAG:
          return c === 0x3e ? over(TOKEN.close) : TOKEN.none
        default:
          return rareStep(c)
      }
    },
  }
  return lexer
}
