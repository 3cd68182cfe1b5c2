import { expect, it } from 'vitest'
import { describeApi } from '../src/openapi.ts'
import { ping } from './support/contracts.ts'

it('tells of what the contracts offer, and nothing of health or of itself', () => {
  const { paths } = describeApi([ping], { publicUrl: 'https://app.example.com' })
  const offered = Object.values(ping.operations).flatMap(({ path }) => path?.replace(':id', '{id}') ?? [])
  expect(new Set(Object.keys(paths as object))).toEqual(new Set(offered))
})
