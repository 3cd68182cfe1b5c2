import { describe, expect, it } from 'vitest'
import { config } from '../src/config.ts'

const parse = (EMAIL_FROM: string) => config.safeParse({ RESEND_API_KEY: 're_1', EMAIL_FROM }).success

describe('EMAIL_FROM', () => {
  it.each(['hello@example.com', 'Lightpress <hello@example.com>', 'Jörg & Co. <a.b+c@x.example>'])(
    'may be %j',
    (from) => expect(parse(from)).toBe(true),
  )

  it.each([
    '',
    'hello',
    'Lightpress',
    '<hello>',
    'A <a@b> <c@d>',
    'A <a@b>\r\nBcc: c@d',
    'Lightpress hello@example.com',
  ])('must not be %j', (from) => expect(parse(from)).toBe(false))
})
