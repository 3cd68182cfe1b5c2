import { expect, it } from 'vitest'
import { createSecrets } from '../src/secrets.ts'

// Were it made otherwise, no link in a mail that was sent would stop anything, and no webhook's secret could be opened.
it('what proves a link that stops mails is what it always was', () => {
  const secrets = createSecrets(Buffer.alloc(32, 1).toString('base64'))
  expect(secrets.mac('unsubscribe', 'a')).toBe('VYfwMH-oXP5Pjt1ussmPXdQY5998bpbzeU8VQT35XL8')
})
