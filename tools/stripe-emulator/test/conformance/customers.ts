import { expect } from 'vitest'
import type { Case } from './recorder.ts'
import { idsOf } from './scenes.ts'

export const customerCases: Case[] = [
  {
    name: 'customers live from creation to deletion',
    async run(stripe) {
      const customer = await stripe.customers.create({ email: 'ada@example.com', metadata: { team: 'blue' } })
      expect(await stripe.customers.retrieve(customer.id)).toEqual(customer)
      expect(await stripe.customers.update(customer.id, { name: 'Ada' })).toMatchObject({ name: 'Ada' })
      expect(idsOf(await stripe.customers.list({ email: 'ada@example.com' }))).toEqual([customer.id])
      expect(idsOf(await stripe.customers.search({ query: "metadata['team']:'blue'" }))).toEqual([customer.id])
      expect(await stripe.customers.del(customer.id)).toMatchObject({ deleted: true })
      expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
    },
  },
  {
    name: 'a balance is the sum of its transactions',
    async run(stripe) {
      const { id } = await stripe.customers.create()
      const credit = await stripe.customers.createBalanceTransaction(id, { amount: -700, currency: 'usd' })
      expect(credit).toMatchObject({ amount: -700, ending_balance: -700, type: 'adjustment' })
      const debit = await stripe.customers.createBalanceTransaction(id, { amount: 200, currency: 'usd' })
      expect(debit.ending_balance).toBe(-500)
      expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -500 })
      expect(await stripe.customers.retrieveBalanceTransaction(id, credit.id)).toEqual(credit)
      const described = await stripe.customers.updateBalanceTransaction(id, credit.id, { description: 'Sorry' })
      expect(described).toMatchObject({ description: 'Sorry', amount: -700 })
      expect(idsOf(await stripe.customers.listBalanceTransactions(id))).toEqual([debit.id, credit.id])
    },
  },
  {
    name: 'the payment methods of a customer',
    async run(stripe) {
      const { id } = await stripe.customers.create()
      const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: id })
      expect(idsOf(await stripe.customers.listPaymentMethods(id))).toEqual([method.id])
      const found = await stripe.customers.retrievePaymentMethod(id, method.id)
      expect(found).toMatchObject({ customer: id, card: { brand: 'mastercard', last4: '4444' } })
    },
  },
]
