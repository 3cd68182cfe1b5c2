import { describe, expect, it } from 'vitest'
import { parseNames } from '../src/names.ts'

describe('the name of a module', () => {
  it('is had in all the forms that the code has it in', () => {
    expect(parseNames({ name: 'invoices' })).toEqual({
      name: 'invoices',
      Plural: 'Invoices',
      UPPER: 'INVOICES',
      singular: 'invoice',
      Singular: 'Invoice',
      article: 'an',
      Article: 'An',
    })
  })

  it.each([
    ['projects', 'project', 'a'],
    ['companies', 'company', 'a'],
    ['surveys', 'survey', 'a'],
    ['boxes', 'box', 'a'],
    ['courses', 'course', 'a'],
    ['classes', 'class', 'a'],
    ['units', 'unit', 'a'],
    ['hours', 'hour', 'an'],
  ])('tells what one of %s is called', (name, singular, article) => {
    expect(parseNames({ name })).toMatchObject({ singular, article })
  })

  it('has the singular that is said, where none can be told', () => {
    expect(parseNames({ name: 'people', singular: 'human' })).toMatchObject({ Singular: 'Human', Plural: 'People' })
  })

  it.each<[string, { name: string; singular?: string }, string]>([
    ['has a hyphen', { name: 'sales-orders' }, 'one lowercase word of 3 to 30 letters'],
    ['has a capital', { name: 'Invoices' }, 'one lowercase word of 3 to 30 letters'],
    ['is a path', { name: '../invoices' }, 'one lowercase word of 3 to 30 letters'],
    ['is too long', { name: 'i'.repeat(31) }, 'one lowercase word of 3 to 30 letters'],
    ['is no plural', { name: 'billing' }, '--singular=criterion for criteria'],
    ['has an odd singular', { name: 'people', singular: 'One Person' }, 'no name for one of them'],
    ['is one and many', { name: 'sheep', singular: 'sheep' }, 'cannot be one and many'],
    ["reads like another's variable", { name: 'database', singular: 'base' }, 'taken by what surrounds the modules'],
  ])('is refused when it %s', (_, options, sentence) => {
    expect(() => parseNames(options)).toThrow(sentence)
  })
})
