import { press, type Action } from './action.ts'

export const usage: Action[] = [
  {
    name: 'uses it',
    weight: 6,
    async run(life) {
      const { random, client, id, tell } = life
      const quantity = random.pick([1, 7, 60, 1_500, 4_000])
      // Stripe takes nothing that was used more than five weeks before, and its clock is moved by months here.
      await life.hear()
      const options = { idempotencyKey: `${id}-${random.below(1e9)}` }
      const { used, limit } = await press(life, () => client.recordUsage({ meterId: 'tasks', quantity }, options))
      life.used += quantity
      tell(`${quantity} tasks: ${used} of ${limit ?? 'any number'}`)
    },
  },
]
