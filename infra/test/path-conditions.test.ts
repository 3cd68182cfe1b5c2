import { describe, expect, it } from 'vitest'
import { catalogue, prefixesOf } from '../src/catalogue.ts'
import { pathConditions, pathExpressions } from '../src/path-conditions.ts'

describe('the paths of a service, as the load balancer is told them', () => {
  it('share an expression with their siblings', () => {
    expect(pathExpressions(['/v1/admin/organizations', '/v1/admin/users', '/v1/users', '/.well-known'])).toEqual([
      '^/v1/admin/(organizations|users)(/.*)?$',
      '^/v1/(users)(/.*)?$',
      '^/(\\.well-known)(/.*)?$',
    ])
  })

  it('take several where one would be longer than AWS allows', () => {
    const names = Array.from({ length: 20 }, (_, index) => `/v1/quite-a-long-name-${index}`)
    const expressions = pathExpressions(names)
    expect(expressions.length).toBe(4)
    expect(expressions.every((expression) => expression.length <= 128)).toBe(true)
    expect(names.every((name) => expressions.filter((expression) => matches(expression, name)).length === 1)).toBe(true)
  })

  it('are refused where a rule has no room for them', () => {
    const service = catalogue[0]!
    const operations = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [name, { path: `/v1/${name.repeat(100)}` }]),
    )
    const contract = { ...service.contract, operations } as unknown as typeof service.contract
    expect(() => pathConditions({ ...service, module: 'wide', contract })).toThrow(/wide need 4 expressions/)
    expect(() => pathExpressions([`/v1/${'a'.repeat(128)}`])).toThrow(/too long/)
  })

  it.each(catalogue)('are those of the contract of $module and no others', (service) => {
    const mine = expressionsOf(service)
    for (const prefix of prefixesOf(service)) {
      expect(mine.filter((expression) => matches(expression, prefix))).toHaveLength(1)
      expect(mine.filter((expression) => matches(expression, `${prefix}/more/of?it`))).toHaveLength(1)
      expect(mine.filter((expression) => matches(expression, `${prefix}x`))).toEqual([])
      expect(mine.filter((expression) => matches(expression, `/x${prefix}`))).toEqual([])
    }
    const others = catalogue.filter(({ module }) => module !== service.module)
    for (const prefix of others.flatMap(prefixesOf))
      expect(mine.filter((expression) => matches(expression, `${prefix}/more`))).toEqual([])
  })
})

function expressionsOf(service: (typeof catalogue)[number]): string[] {
  return pathConditions(service).flatMap(({ pathPattern }) => pathPattern.regexValues)
}

function matches(expression: string, path: string): boolean {
  return new RegExp(expression).test(path)
}
