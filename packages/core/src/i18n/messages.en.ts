import type { Messages } from './messages.ts'

/** Texts for people, English. */
export const en = {
  site: {
    name: 'Yuanliu · Product tracing',
    strip: 'Public product-tracing platform',
    about: 'How to know that this page is ours',
    aboutText: address =>
      `The address bar should begin with ${address}. This page needs no login and no app, and never asks for passwords, codes or payment.`,
    language: '中文',
    large: 'Large text',
    standard: 'Standard text',
    skip: 'Skip to main content',
    demo: 'Demonstration data',
    demoText: 'The city, enterprises, products and records on this page are invented, for demonstration only.',
    home: 'Look up another code',
    source: 'this platform',
  },
  home: {
    title: 'See where a product comes from',
    lead: 'Type, paste or scan a code on the product: barcode number, lot or serial number, the address inside a QR code, or a box code.',
    label: 'Code',
    hint: 'For example (01)06901234567892(10)L42, or paste the address inside the QR code',
    submit: 'Look up',
    scan: 'Scan with the camera',
    scanning: 'Hold the barcode or QR code in the picture',
    stop: 'Stop scanning',
    cameraFailed: 'The camera cannot be used. Please type the code.',
    how: 'Where to find the code',
    howList: [
      'The same content is usually printed in letters beside the QR code.',
      'After “(01)” comes the product code, after “(10)” the lot, after “(21)” the serial number.',
      'On boxes and pallets, 18 digits after “(00)” are the box code.',
    ],
    privacy: 'No login is needed; this platform does not keep who looked up which code.',
  },
  verdict: {
    normal: {
      title: 'Records found',
      text: 'This platform has records of this product and knows of no recall or expiry.',
      action:
        'Compare name, lot and packaging. If they differ, do not use the product and tell the seller or call the complaints line.',
    },
    product: {
      title: 'This is a product code',
      text: 'It says which product this is. To see where one piece comes from, the lot or serial number is needed too.',
      action: 'Find the lot or serial number on the packaging and enter it below.',
    },
    described: {
      title: 'A registered code',
      text: 'This code is registered on this platform, without records of movement.',
      action: 'Please compare the details below.',
    },
    expired: {
      title: 'Past its expiry date',
      text: 'The expiry date on record has passed.',
      action: 'Do not eat or use it. If it is still on sale, tell the seller or call the complaints line.',
    },
    recalled: {
      title: 'Recalled',
      text: 'This lot is being recalled.',
      action: 'Stop eating or using it at once and follow the recall notice below.',
    },
    held: {
      title: 'On hold',
      text: 'The sale of this lot has been suspended while it is checked.',
      action: 'Do not use it for now, keep packaging and receipt, and wait for the result.',
    },
    void: {
      title: 'The code is void',
      text: 'This code has been cancelled and should not be on a product.',
      action: 'Do not use the product; tell the seller or call the complaints line.',
    },
    inactive: {
      title: 'The code is not active yet',
      text: 'This code was issued but has not been put to use.',
      action: 'The product may have just left the factory: look again in a day or two, then ask the seller.',
    },
    unknown: {
      title: 'No records under this code on this platform',
      text: 'This platform has no records under this code. That does not mean the product is fake: its maker may use another platform, or may not have reported yet.',
      action: 'Please compare the code once more, or ask the seller where this product can be traced.',
    },
    malformed: {
      title: 'There is a mistake in the code',
      text: 'This code cannot be read. Most likely a character is wrong or missing.',
      action: 'Compare it with the packaging and enter it again, or scan the QR code.',
    },
    ambiguous: {
      title: 'Please choose the kind of code',
      text: 'These characters fit several kinds of code.',
      action: 'Choose by where it stands on the packaging and what is printed beside it.',
    },
  },
  unknown: {
    todo: 'What you can do',
    list: [
      'Compare the code: digit 0 and letter O, digit 1 and letter I are easily confused.',
      'If you entered the product code alone, add the lot or serial number.',
      'If in doubt, keep packaging and receipt and call the complaints line.',
    ],
    lot: lot =>
      `This platform has no records under this serial number. Below are the records of lot ${lot}, to which it belongs.`,
  },
  malformed: {
    given: 'You entered',
    fault: position => `The problem is at character ${position}`,
    checkTitle: 'What is a check digit?',
    checkText:
      'The last digit is computed from the others so that copying mistakes are found. If it does not fit, a digit was copied wrongly; it says nothing about the product.',
    unreadable:
      'This platform does not know this notation. Enter a barcode number, lot, box code, or the address inside a QR code.',
  },
  ambiguous: { known: 'has records here', as: kind => `Look up as “${kind}”` },
  facts: {
    title: 'Product',
    name: 'Name',
    kind: 'Kind',
    spec: 'Size',
    lot: 'Lot',
    serial: 'Serial number',
    code: 'Code',
    maker: 'Maker',
    about: 'Use and storage',
    tests: 'Tests and certificates',
    certificate: 'Certificate',
    shownAt: who => `provided by ${who}`,
    none: 'No test report or certificate was provided.',
  },
  journey: {
    title: 'How it came here',
    newest: 'newest first',
    of: name => `Where it was made from: ${name}`,
    madeFrom: n => (n === 1 ? 'Made from 1 input' : `Made from ${n} inputs`),
    from: 'From',
    to: 'To',
    at: 'Place',
    share: percent => `${percent} of this lot`,
    source: (who, date) => `Source: ${who} · reported ${date}`,
    disputed: 'Disputed: another party declares this record wrong.',
    more: n => `${n} more steps are not shown here; see the raw data.`,
    none: 'No records of movement.',
    inside: kind => `inside ${kind}`,
    container: 'a box or pallet',
    lot: lot => `Lot ${lot}`,
    serial: serial => `Serial ${serial}`,
    holds: name => `What is inside: ${name}`,
    contents: 'Contents',
    times: n => `${n} records`,
    otherStep: 'Other step',
    recorded: 'Record',
  },
  gap: {
    missing: 'not provided',
    owed: who => `owed by ${who}`,
    kinds: {
      'no-receipt': 'Record of receipt',
      'no-shipment': 'Record of dispatch',
      'unknown-origin': 'Record of where it was before',
      'more-out-than-in': 'Record of quantities',
      'time-runs-back': 'Records whose times agree',
      'class-only': 'Lot or serial number (only the product code was recorded)',
    },
    pending: date => `On its way; a record of receipt is due by ${date}.`,
  },
  company: {
    title: 'Company',
    phone: 'Phone',
    area: 'Location',
    licence: 'Licence',
    none: 'No details of the maker were provided.',
  },
  actions: {
    title: 'Complain and share',
    complain: phone => `Complaints: call ${phone}`,
    complainText: 'Have the code and lot above ready, and keep packaging and receipt.',
    share: 'Share',
    print: 'Print',
    read: 'Read aloud',
    qr: 'QR code of this page',
    qrText: 'Scan to open this page',
  },
  coverage: {
    title: 'What this does and does not prove',
    steps: (steps, organisations) =>
      `${steps} ${steps === 1 ? 'step' : 'steps'}, reported by ${organisations} ${organisations === 1 ? 'organisation' : 'organisations'}.`,
    gaps: n =>
      n === 0
        ? 'No missing step was found.'
        : `${n} ${n === 1 ? 'record was' : 'records were'} not provided; each is marked in its place.`,
    disputed: n => `${n} ${n === 1 ? 'record is' : 'records are'} disputed.`,
    reported:
      'Each organisation reported its own part; this platform shows it as received and has not checked each one.',
    unsigned:
      'Records are not signed yet. They show who reported what and when, not that the package holds this very product.',
    cut: 'There are many records; only part of them was searched for this page.',
    latest: date => `The newest record was received ${date}.`,
    unit: 'Only what may be public is shown: no prices, customers, stock, recipes or quantities.',
    privacy: 'Privacy: no login is needed; who looked up which code is not kept.',
    raw: 'Raw data (JSON)',
  },
  error: {
    back: 'Back to the start',
    number: id => `Request number: ${id}`,
    404: {
      title: 'There is no such page',
      text: 'The address may be mistyped, or the page has moved.',
      action: 'You can enter a product code right here.',
    },
    400: {
      title: 'The address is damaged',
      text: 'What the browser sent is incomplete.',
      action: 'Scan again, or type the code.',
    },
    429: {
      title: 'Too many look-ups',
      text: 'So that everybody can look things up, each network address has a limit per minute.',
      action: 'Please try again in a moment.',
    },
    500: {
      title: 'Something went wrong here',
      text: 'It was not your doing, and says nothing about the product.',
      action: 'Please try again later; if it is urgent, call the complaints line.',
    },
    503: { title: 'Busy', text: 'The service is starting or busy and will be back soon.', action: 'Please try again.' },
    other: {
      title: 'The request could not be completed',
      text: 'The server did not take this request.',
      action: 'You can start again from the first page.',
    },
  },
  problem: {
    title: 'About this error',
    status: status => `HTTP status ${status}`,
    text: 'When the interface answers this kind of error, “type” leads here; “detail” and “errors” say what was wrong that time.',
  },
  levels: {
    class: 'product',
    lot: 'lot',
    item: 'single item',
    logistic: 'logistic unit (box, pallet)',
    asset: 'asset',
    place: 'place',
    party: 'organisation',
    document: 'document',
    other: 'other',
  },
} satisfies Messages
