import { expect, it } from 'vitest'
import { findCommands } from '../src/ui/find-commands.ts'

const commands = [
  { label: 'Billing', group: 'Go to', words: 'plan invoices' },
  { label: 'Dark theme', group: 'Change theme' },
  { label: 'Café Zürich', group: 'Switch organisation' },
]
const find = (typed: string) => findCommands(commands, typed).map(({ label }) => label)

it('shows all before anything is typed', () => {
  expect(find('  ')).toHaveLength(3)
})

it('finds by the beginning of words: of the label, the group and other words for it', () => {
  expect(find('inv')).toEqual(['Billing'])
  expect(find('the dark')).toEqual(['Dark theme'])
  expect(find('switch')).toEqual(['Café Zürich'])
  expect(find('illing')).toEqual([])
})

it('does not mind accents and case', () => {
  expect(find('CAFE zurich')).toEqual(['Café Zürich'])
})
