import { expect, it } from 'vitest'
import { providerProblem } from '../src/layouts/app/provider-problem.ts'

it('has words for what a provider led back with, and for what only a newer server knows', () => {
  expect(providerProblem('already_linked').title).toMatch(/another account/)
  expect(providerProblem('provider_denied')).not.toEqual(providerProblem('of_a_newer_server'))
  expect(providerProblem('toString')).toEqual(providerProblem('of_a_newer_server'))
})
