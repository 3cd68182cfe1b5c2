import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing'
import { describe, expect, it } from 'vitest'
import { parseNames } from '../src/names.ts'
import { requireFree } from '../src/require-free.ts'
import { findTakenWords } from '../src/templates.ts'

describe('a module of a name is refused', () => {
  const tree = createTreeWithEmptyWorkspace()
  const operations = { listTeams: { path: '/v1/teams' }, readTeam: { path: '/v1/teams/:id' }, count: { path: null } }
  tree.write('packages/users/contract/snapshot.json', JSON.stringify({ operations }))
  tree.write('packages/orders/contract/src/index.ts', '')
  tree.write('tools/mice/package.json', JSON.stringify({ name: '@lightpress/mice' }))
  tree.write('package.json', JSON.stringify({ name: 'lightpress', workspaces: ['tools/*'] }))

  it.each([
    ['when its folder is there', { name: 'orders' }, 'packages/orders is there already.'],
    ['when its package is there', { name: 'mice', singular: 'mouse' }, 'There is a package @lightpress/mice already.'],
    ['when another serves its path', { name: 'teams' }, '/v1/teams/:id belongs to users already.'],
    ['when its code would mean something else', { name: 'events' }, '"event" is a word of the code'],
  ])('%s', (_, options, sentence) => {
    expect(() => requireFree(tree, parseNames(options))).toThrow(sentence)
  })

  it.each([{ name: 'invoices' }, { name: 'criteria', singular: 'criterion' }])('and any other is not', (options) => {
    expect(() => requireFree(tree, parseNames(options))).not.toThrow()
  })
})

it.each(['cases', 'classes', 'imports', 'types', 'counters', 'indexes', 'limits', 'members'])(
  'the code that a module begins with has no room for %s',
  (name) => {
    expect(findTakenWords(parseNames({ name }))).not.toEqual([])
  },
)

it.each(['invoices', 'projects', 'documents', 'tickets', 'companies', 'quotes'])('it has for %s', (name) => {
  expect(findTakenWords(parseNames({ name }))).toEqual([])
})
