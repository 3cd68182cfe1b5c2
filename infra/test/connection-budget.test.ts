import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { connectionsTaken, poolSizeWithin } from '../src/connection-budget.ts'
import { recordGraph } from './graph.ts'
import { containerOf, modules } from './support.ts'

/** Those of the specification, for which the figures below stand. */
const specified = catalogue.filter(({ module }) => ['auth', 'users', 'billing', 'notifications'].includes(module))

const production = {
  limit: 500,
  tasks: specified.flatMap(({ http, worker }) => [http.max, worker.max]),
  modules: specified.length,
}

describe('connections to PostgreSQL', () => {
  it('suffice in production when every service is at its most, and all are deployed and migrated at once', () => {
    // 45 that answer and 24 behind them, old and new; two for each of four migrations; twenty kept back.
    const size = poolSizeWithin(production)
    expect(connectionsTaken(production, size)).toBe(69 * 2 * size + 4 * 2 + 20)
    expect(connectionsTaken(production, size)).toBeLessThanOrEqual(500)
    expect(connectionsTaken(production, size + 1)).toBeGreaterThan(500)
    expect(size).toBe(3)
  })

  it('are not taken in hundreds where there are few processes', () => {
    expect(poolSizeWithin({ ...production, tasks: [2, 2] })).toBe(10)
  })

  it('that do not suffice keep the program from being built, and it says what can be done', () => {
    expect(() => poolSizeWithin({ ...production, limit: 300 })).toThrow(
      /138 processes with 2 connections each take 304 connections, and PostgreSQL admits 300\..*max_connections/,
    )
    expect(() => poolSizeWithin({ ...production, tasks: [...production.tasks, 50] })).toThrow(/Lower what the services/)
  })

  it.each(['staging', 'production'] as const)('are those that the tasks of %s are told of', async (stack) => {
    const graph = await recordGraph(stack)
    const told = graph
      .find('aws:ecs/taskDefinition:TaskDefinition')
      .flatMap((definition) => containerOf(definition).environment)
      .filter(({ name }) => name === 'DATABASE_POOL_SIZE')
      .map(({ value }) => Number(value))
    expect(told).toHaveLength(modules.length * 2)
    const most = graph.find('aws:appautoscaling/target:Target').map(({ inputs }) => Number(inputs.maxCapacity))
    const { parameters } = graph.get('aws:rds/parameterGroup:ParameterGroup', 'database').inputs as {
      parameters: { name: string; value: string }[]
    }
    const limit = Number(parameters.find(({ name }) => name === 'max_connections')?.value)
    const budget = { limit, tasks: most, modules: modules.length }
    expect(new Set(told)).toEqual(new Set([poolSizeWithin(budget)]))
  })
})
