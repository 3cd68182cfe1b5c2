import { expect } from 'vitest'
import type { Case } from './recorder.ts'
import { idsOf } from './scenes.ts'

export const operationCases: Case[] = [
  {
    name: 'events tell what happened, in order',
    async run(stripe) {
      const product = await stripe.products.create({ name: 'Pro' })
      await stripe.products.update(product.id, { name: 'Team' })
      const { data } = await stripe.events.list()
      expect(data.map(({ type }) => type)).toEqual(['product.updated', 'product.created'])
      const updated = await stripe.events.retrieve(data[0]?.id ?? '')
      expect(updated.data).toMatchObject({ object: { name: 'Team' }, previous_attributes: { name: 'Pro' } })
    },
  },
  {
    name: 'webhook endpoints live from creation to deletion',
    async run(stripe) {
      const endpoint = await stripe.webhookEndpoints.create({
        url: 'http://shop.test/hooks',
        enabled_events: ['invoice.paid'],
      })
      expect(endpoint.secret).toMatch(/^whsec_/)
      const found = await stripe.webhookEndpoints.retrieve(endpoint.id)
      expect(found).toMatchObject({ status: 'enabled', enabled_events: ['invoice.paid'] })
      expect(found).not.toHaveProperty('secret')
      expect(await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).toMatchObject({
        status: 'disabled',
      })
      expect(idsOf(await stripe.webhookEndpoints.list())).toEqual([endpoint.id])
      expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ deleted: true })
      expect(idsOf(await stripe.webhookEndpoints.list())).toEqual([])
    },
  },
]
