/** What a product page says first, in English. */
export const verdict = {
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
  unissued: {
    title: 'This number was never issued',
    text: 'Numbers of this kind are issued by this platform, but never this one: it may be misprinted or misread, or not printed by the enterprise.',
    action: 'Do not use the product, keep packaging and receipt, and tell the seller or call the complaints line.',
  },
  retired: {
    title: 'The code is retired',
    text: 'This code is out of use; the product should no longer be sold.',
    action: 'Do not use the product; tell the seller or call the complaints line.',
  },
  used: {
    title: 'The code has been used',
    text: 'This code is registered as used.',
    action:
      'If you are the first to open or use the product, keep the packaging and tell the seller or the complaints line.',
  },
  inactive: {
    title: 'The code is not active yet',
    text: 'This code is not in circulation: it was issued but has not been put on a product.',
    action: 'The product may have just left the factory: look again in a day or two, then ask the seller.',
  },
  elsewhere: {
    title: 'A code that another platform holds',
    text: 'There are no records of this code here. Data of codes like this are held by another platform.',
    action: 'Please ask the platform below; this one has not asked it for you.',
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
}
