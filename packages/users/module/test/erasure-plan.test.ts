import { describe, expect, it } from 'vitest'
import { addUp, eraseAgain, fateOf, planSteps, subjectsOf } from '../src/erasure-plan.ts'

const organization = { kind: 'organization' as const, id: 'an organisation' }
const person = { kind: 'person' as const, id: 'a person' }
const steps = planSteps(['billing', 'users'], [organization, person])

describe('the steps of an erasure', () => {
  it('end everything before they erase anything, and look at last', () => {
    const phases = steps.map(({ phase }) => phase)
    expect(phases).toEqual([...Array(4).fill('release'), ...Array(4).fill('erase'), 'check', 'check'])
  })

  it.each([
    ['release', organization, person],
    ['erase', person, organization],
  ] as const)('%s from everybody, by each module', (phase, first, second) => {
    const asked = steps.flatMap((step) => (step.phase === phase ? [[step.module, step.subject]] : []))
    expect(asked.slice(0, 2)).toEqual([
      ['billing', first],
      ['billing', second],
    ])
    // Where an organisation points at its person.
    expect(asked.slice(2)).toEqual([
      ['users', organization],
      ['users', person],
    ])
    expect(subjectsOf(steps)).toEqual([organization, person])
  })
})

describe('what comes late', () => {
  it('is erased before the module is asked again, and does not make the plan longer each time', () => {
    const check = (module: 'billing' | 'users', rounds: number) => ({ phase: 'check' as const, module, rounds })
    const erase = (module: 'billing' | 'users', subject: typeof organization | typeof person) => ({
      phase: 'erase' as const,
      module,
      subject,
    })
    const again = [erase('billing', person), erase('billing', organization)]
    const atCheck = { steps, position: 8 }
    const first = eraseAgain(atCheck, { phase: 'check', module: 'billing' })
    expect(first).toEqual({
      steps: [...steps.slice(0, 8), ...again, check('billing', 1), ...steps.slice(9)],
      position: 8,
    })
    const second = eraseAgain({ steps: first.steps, position: 10 }, check('billing', 1))
    expect(second).toEqual({
      steps: [...steps.slice(0, 8), ...again, check('billing', 2), ...steps.slice(9)],
      position: 8,
    })
    const last = eraseAgain({ steps: second.steps, position: 11 }, { phase: 'check', module: 'users' })
    expect(last.steps.slice(last.position)).toEqual([
      erase('users', organization),
      erase('users', person),
      check('users', 1),
    ])
    expect(subjectsOf(last.steps)).toEqual([organization, person])
  })
})

describe('a receipt', () => {
  it('has one line for what the same became of', () => {
    const item = { module: 'auth', name: 'sessions', count: 2, outcome: 'deleted' as const, because: null }
    const kept = { ...item, outcome: 'kept' as const, because: 'For a reason.' }
    expect(addUp([item, kept, item, { ...item, module: 'users' }, { ...item, name: 'keys' }])).toEqual([
      { ...item, count: 4 },
      kept,
      { ...item, module: 'users' },
      { ...item, name: 'keys' },
    ])
  })
})

describe('an organisation of a person who goes', () => {
  it.each([
    ['goes with them when nobody else is in it', { others: 0, otherOwners: 0 }, 'erased'],
    ['goes with them when it is their own', { own: true, others: 0, otherOwners: 0 }, 'erased'],
    ['is left to its other owners', { others: 3, otherOwners: 1 }, 'left'],
    ['keeps them while nobody else owns it', { others: 3, otherOwners: 0 }, 'blocks'],
    ['keeps them while others are in their own, owners or not', { own: true, others: 1, otherOwners: 1 }, 'blocks'],
    ['keeps them while it is suspended and would go', { others: 0, otherOwners: 0, suspended: true }, 'blocks'],
    ['is left to its other owners when it is suspended, too', { others: 3, otherOwners: 1, suspended: true }, 'left'],
  ] as const)('%s', (_what, company, fate) => {
    expect(fateOf({ own: false, suspended: false, ...company })).toBe(fate)
  })
})
