import { describe, expect, it } from 'vitest'
import { describeApi } from '../src/openapi.ts'
import { ping, pong } from './support/contracts.ts'

it('tells of what the contracts offer, and nothing of health or of itself', () => {
  const { paths } = describeApi([ping], { publicUrl: 'https://app.example.com' })
  const offered = Object.values(ping.operations).flatMap(({ path }) => path?.replace(':id', '{id}') ?? [])
  expect(new Set(Object.keys(paths as object))).toEqual(new Set(offered))
})

describe('an operation', () => {
  const { paths, components } = describeApi([pong], { publicUrl: 'https://app.example.com' }) as {
    paths: Record<string, { get: { description: string; security: object[] } }>
    components: { securitySchemes: object }
  }
  const { get: forKeys } = paths['/v1/pong/keys']!
  const { get: forThemself } = paths['/v1/pong/themself']!
  const { get: forProved } = paths['/v1/pong/proved']!

  it('with a scope is offered to API keys, and one without is not', () => {
    expect(forKeys.security).toEqual([{ bearer: [] }, { cookie: [] }, { apiKey: [] }])
    expect(forThemself.security).toEqual([{ bearer: [] }, { cookie: [] }])
    for (const name of forKeys.security.flatMap((scheme) => Object.keys(scheme)))
      expect(Object.keys(components.securitySchemes)).toContain(name)
  })

  it('says who may call it, with which scope, and how sure that must be', () => {
    expect(forKeys.description).toBe('Access: admin. API keys need the scope `pong:read`.')
    expect(forThemself.description).toBe('Access: member. Not for operators who act as the person.')
    expect(forProved.description).toBe(
      'Access: member. Not for operators who act as the person. The person must have proved who they are within the last ten minutes.',
    )
  })
})
