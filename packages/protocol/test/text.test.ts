import { describe, expect, it } from 'vitest'
import { DisplayName } from '../src/index.ts'

describe('a name', () => {
  it.each([
    'Ada Lovelace',
    'O’Neill-Łukasiewicz, Jr.',
    'Nguyễn Thị Minh Khai',
    '3M',
    '株式会社',
    // Han with the form that the family writes.
    '渡邉\u{E0102}',
    '葛\u{E0100}城',
    'علی\u200Cرضا',
    'محمّ\u200Cد',
    'क्\u200Dष',
    'র\u200D্যাব',
    'ශ්\u200Dරී',
    'അവന്\u200D',
    'ᠴᠢᠩᠭᠢᠰ ᠬᠠ\u180Eᠠ',
    'Анна Ивановна',
    'שרה',
    '👩🏽\u200D💻 Studio',
    'Love ❤\uFE0F',
    '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} Ltd',
    '1\uFE0F\u20E3 First',
  ])('is how somebody is called: %s', (name) => {
    expect(DisplayName.parse(name)).toBe(name.normalize('NFC'))
  })

  it.each([
    ['nothing that shows', '\u034F\u115F\u3164'],
    ['a filler of Hangul', '\uFFA0'],
    ['an empty braille cell', '\u2800\u2800'],
    ['joiners only', '\u200D\u200C'],
    ['marks only', '\u0301\u0301'],
    ['spaces only', ' \u2003 '],
    ['hyphens that do not show', 'a\u00AD\u00AD\u00AD'],
    ['a word joiner', 'a\u2060'],
    ['a joiner between Latin letters', 'www\u200Cevil'],
    ['a joiner after a Latin letter', 'a\u200D'],
    ['a joiner at the end of an Arabic word', 'علی\u200C'],
    ['joiners on joiners', 'क्\u200D\u200D'],
    ['a joiner between emoji that do not belong together', '🍕\u200D💻'],
    ['a form of a Latin letter', 'a\uFE0F'],
    ['text in tags', '🏴\u{E0068}\u{E0069}\u{E007F}'],
    ['a mark of direction', 'a\u200Eb'],
    ['text turned around', 'a\u202Eb'],
    ['an isolate', 'a\u2066b'],
    ['a control character', 'a\u0007b'],
    ['a line', 'a\u2028b'],
    ['half a character', 'a\uD800'],
    ['a private character', 'a\uE000'],
    ['a byte order mark within', 'a\uFEFFb'],
  ])('is not %s', (_what, name) => {
    expect(DisplayName.safeParse(name).success).toBe(false)
  })
})
