import fc from 'fast-check'

/**
 * Values that break what is not careful, as JSON text: some of them no JavaScript value could say (`1e999`, a
 * `__proto__` key). Each is tried in every field, before anything random.
 */
export function trickyValues({ foreignIds }: { foreignIds: readonly string[] }): string[] {
  return [...wrongTypes, ...numbers, ...texts.map((text) => JSON.stringify(text)), ...cursors, ...objects].concat(
    foreignIds.map((id) => JSON.stringify(id)),
  )
}

/** Whole bodies that are no input. */
export function trickyBodies(): string[] {
  return [
    ...wrongTypes,
    ...numbers,
    ...objects,
    '',
    '{',
    '{"',
    '{"a":',
    '[',
    '\u0000',
    '\uFEFF{}',
    "{'a':1}",
    '{"a":\u0000}',
  ]
}

const wrongTypes = ['null', 'true', 'false', '[]', '{}', '[null]', '[[]]', '""', '[""]', '["a","b"]']

const numbers = ['0', '-0', '-1', '0.1', '1e308', '1e999', '-1e999', '9007199254740993', '9'.repeat(400), '1e-400']

const texts = [
  ' ',
  '\t\r\n',
  '\u0000',
  'a\u0000b',
  'a\u0000@example.com',
  '\uD800',
  'a\uDFFFb',
  '\uD800@example.com',
  '\u202Egnp.exe',
  '\u2066a\u2069',
  '\u200B\uFEFF',
  '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
  'Z\u0351\u0363\u035B'.repeat(40),
  'ﷺ'.repeat(300),
  '\uFF21\uFF44\uFF41@\uFF45xample.com',
  '\u212A@example.com',
  `${'a'.repeat(64)}@${'b'.repeat(63)}.example`,
  `a@${'xn--'.repeat(30)}.com`,
  '"a b"@example.com',
  'a@[127.0.0.1]',
  'a@example.com\r\nBcc: b@example.com',
  'a'.repeat(255),
  'a'.repeat(20_000),
  '\u{10FFFF}'.repeat(5_000),
  "' or 1=1; --",
  '"; drop table auth.account; --',
  '$1',
  '%s%n%x',
  '${jndi:ldap://localhost}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '..%2f..%2f',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '//example.com',
  '__proto__',
  'constructor',
  'toString',
  'undefined',
  'NaN',
  '-0',
  '1e308',
  'Infinity',
  '0x10',
  '99999999999999999999',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '01900000-0000-7000-8000-00000000000g',
  '{01900000-0000-7000-8000-000000000001}',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:00:00.000000000000000001Z',
  'Etc/GMT+12',
  '+05:30',
]

/** What a list might be asked to go on from: base64url of JSON that no list gave. */
const cursors = [
  'null',
  '0',
  '{}',
  '[]',
  '[null]',
  '[null,null]',
  '["",""]',
  '[1,1]',
  '[-1]',
  '[1e308]',
  '[9007199254740993]',
  '[9223372036854775808]',
  '[0.5]',
  '["a","b","c","d"]',
  '{"__proto__":{"a":1}}',
  ...[
    '2024-01-01T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    '+275760-09-13T00:00:00.001Z',
    '275760-09-13',
    '-271821-04-20T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    'infinity',
    '-infinity',
    '+infinity',
    'now',
    '\u0000',
    '\uD800',
  ].flatMap((at) => [JSON.stringify([at, '01900000-0000-7000-8000-000000000001']), JSON.stringify([at, 1, 1])]),
  '["2024-01-01T00:00:00.000Z","not an id"]',
  '[["2024-01-01T00:00:00.000Z"]]',
].map((json) => JSON.stringify(Buffer.from(json).toString('base64url')))

const objects = [
  '{"__proto__":{"operator":true}}',
  '{"constructor":{"prototype":{"operator":true}}}',
  '{"toString":null,"valueOf":null}',
  '{"toJSON":"a"}',
  '{"length":1e9}',
  '{"then":1}',
  '{"a":1,"a":2}',
  '[['.repeat(2_000) + ']]'.repeat(2_000),
  '{"a":'.repeat(2_000) + '1' + '}'.repeat(2_000),
  JSON.stringify(Array.from({ length: 5_000 }, () => 0)),
]

/** Anything else, as JSON text. */
export const anything: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'grapheme', maxLength: 100 }).map((text) => JSON.stringify(text)),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((units) => JSON.stringify(String.fromCharCode(...units))),
  fc.emailAddress().map((address) => JSON.stringify(address)),
  fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)),
  fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json)),
  fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.stringify(Buffer.from(JSON.stringify(json)).toString('base64url'))),
  fc.double().map((number) => String(number).replace(/NaN|-?Infinity/, '1e999')),
  fc.bigInt().map(String),
)

/** Header values as the wire takes them: no control characters, nothing above U+00FF. */
export const headerValues: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Bearer null',
    'Bearer a.b.c',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Bearer eyJhbGciOiJub25lIn0.bnVsbA.AA',
    'bearer  two spaces',
    'Basic YTpi',
    '00-00000000000000000000000000000000-0000000000000000-00',
    '00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff',
    '-1',
    '1e308',
    '9223372036854775808',
    '99999999999999999999999',
    'NaN',
    '0x10',
    '%00',
    '%',
    'de-\u00DF;q=9,*;q=x',
    'q=0.5,;,,',
    '999.999.999.999',
    '::1%lo',
    '::ffff:1.2.3.4, unknown, 1.2.3.4:80',
    '[::1]:80',
    'a'.repeat(4_000),
    '\u00FF\u0080'.repeat(100),
    'lightpress_access=; lightpress_refresh=%',
    'lightpress_access=a; lightpress_access=b; __proto__=c',
    'lightpress_registration=%E0%A4%A; lightpress_device=%00; lightpress_refresh="',
    '=; ;;=a; a==',
  ),
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 120,
  }),
)

export const HEADERS = [
  'authorization',
  'cookie',
  'user-agent',
  'accept-language',
  'accept',
  'idempotency-key',
  'last-event-id',
  'x-request-id',
  'traceparent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'origin',
  'content-type',
  'if-none-match',
  'stripe-signature',
] as const
