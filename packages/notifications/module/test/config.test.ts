import { describe, expect, it } from 'vitest'
import { config } from '../src/config.ts'

const needed = {
  SECRETS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  RESEND_API_KEY: 're_1',
  RESEND_WEBHOOK_SECRET: 'whsec_c2VjcmV0',
  EMAIL_FROM: 'hello@example.com',
}
const parse = (EMAIL_FROM: string) => config.safeParse({ ...needed, EMAIL_FROM }).success

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

it('mail goes out at the rate that Resend gives everybody, where nobody says otherwise', () => {
  expect(config.parse(needed).RESEND_RATE).toBe(2)
  expect(config.safeParse({ ...needed, RESEND_RATE: '0' }).success).toBe(false)
})

it.each(['', 'c2VjcmV0', 'whsec_', 'whsec_not base64'])('RESEND_WEBHOOK_SECRET must not be %j', (secret) =>
  expect(config.safeParse({ ...needed, RESEND_WEBHOOK_SECRET: secret }).success).toBe(false),
)

describe('WEBHOOK_RETRIES', () => {
  it('is about three days where nobody says otherwise', () => {
    const hours = config.parse(needed).WEBHOOK_RETRIES.reduce((sum, seconds) => sum + seconds, 0) / 3_600
    expect(hours).toBeGreaterThan(72)
    expect(hours).toBeLessThan(78)
  })

  it.each(['', '5,', 'soon', '-1', '5;10', '1e9'])('must not be %j', (WEBHOOK_RETRIES) =>
    expect(config.safeParse({ ...needed, WEBHOOK_RETRIES }).success).toBe(false),
  )
})

it('webhooks go to public addresses where nobody says otherwise', () => {
  expect(config.parse(needed).WEBHOOK_TARGETS).toBe('public')
  expect(config.safeParse({ ...needed, WEBHOOK_TARGETS: 'any' }).success).toBe(false)
})
