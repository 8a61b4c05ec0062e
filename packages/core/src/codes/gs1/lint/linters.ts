import * as characters from './characters.ts'
import * as coupon from './coupon.ts'
import * as dates from './dates.ts'
import type { Lint } from './lint.ts'
import * as lists from './lists.ts'
import * as numbers from './numbers.ts'

/** Every linter under the name that the dictionary gives it. */
export const LINTERS: Readonly<Record<string, Lint>> = {
  couponcode: coupon.couponcode,
  couponposoffer: coupon.couponposoffer,
  cset39: characters.cset39,
  cset64: characters.cset64,
  cset82: characters.cset82,
  csetnumeric: characters.csetnumeric,
  csum: numbers.csum,
  csumalpha: characters.csumalpha,
  gcppos1: characters.gcppos1,
  gcppos2: characters.gcppos2,
  hasnondigit: numbers.hasnondigit,
  hh: dates.hh,
  hhmi: dates.hhmi,
  hyphen: numbers.hyphen,
  iban: lists.iban,
  importeridx: numbers.importeridx,
  iso3166: lists.iso3166,
  iso3166999: lists.iso3166999,
  iso3166alpha2: lists.iso3166alpha2,
  iso4217: lists.iso4217,
  iso5218: numbers.iso5218,
  latitude: numbers.latitude,
  longitude: numbers.longitude,
  mediatype: lists.mediatype,
  mi: dates.mi,
  nonzero: numbers.nonzero,
  nozeroprefix: numbers.nozeroprefix,
  packagetype: lists.packagetype,
  pcenc: characters.pcenc,
  pieceoftotal: numbers.pieceoftotal,
  posinseqslash: numbers.posinseqslash,
  ss: dates.ss,
  winding: numbers.winding,
  yesno: numbers.yesno,
  yymmd0: dates.yymmd0,
  yymmdd: dates.yymmdd,
  yyyymmd0: dates.yyyymmd0,
  yyyymmdd: dates.yyyymmdd,
  zero: numbers.zero,
}
