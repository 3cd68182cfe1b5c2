import { readFileSync } from 'node:fs'
import { WebhookEventType } from '@lightpress/notifications-contract'
import { describe, expect, it } from 'vitest'
import { config } from '../../src/config.ts'
import { billingEvents } from '../support/billing-events.ts'

const page = readFileSync(new URL('../../../../../docs/webhooks.md', import.meta.url), 'utf8')

/** The lines of the table, by type. */
const described = new Map(
  [...page.matchAll(/^\| `([\w.]+)` *\|[^|\n]*\| (.*?) *\|$/gm)].map(([, type, data]) => [type, data ?? '']),
)

describe('docs/webhooks.md', () => {
  it('lists every type, and none that is not sent', () => {
    expect([...described.keys()].toSorted()).toEqual([...WebhookEventType.options, 'webhooks.test'].toSorted())
  })

  it.each(billingEvents)('names every field of $type', ({ type, data }) => {
    const names = [...(described.get(type) ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(names.toSorted()).toEqual(['organizationId', ...Object.keys(data)].toSorted())
  })

  it('says after how long a delivery is tried again', () => {
    const { WEBHOOK_RETRIES: retries } = config.parse({
      SECRETS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
      RESEND_API_KEY: 're_1',
      RESEND_WEBHOOK_SECRET: 'whsec_c2VjcmV0',
      EMAIL_FROM: 'hello@example.com',
    })
    const [seconds, ...rest] = retries
    const minutes = rest.slice(0, 2).map((one) => one / 60)
    const hours = rest.slice(2).map((one) => one / 3_600)
    const words = `${seconds} seconds, ${minutes[0]} minutes, ${minutes[1]} minutes, ${hours.slice(0, -1).join(', ')} and ${hours.at(-1)} hours`
    expect(page.replaceAll(/\s+/g, ' ')).toContain(`tried again ${words} after`)
  })
})
