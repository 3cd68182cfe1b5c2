import { readdirSync, readFileSync } from 'node:fs'
import { auth } from '@lightpress/auth'
import { billing } from '@lightpress/billing'
import { notifications } from '@lightpress/notifications'
import { users } from '@lightpress/users'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../../docs/operations/', import.meta.url)
const modules = [auth, users, billing, notifications]

/** What every service knows, beside the commands of its module. */
const KERNEL = ['serve', 'migrate', 'seed', 'help', 'events list', 'events dead', 'events replay']
const known = [...KERNEL, ...modules.flatMap(({ commands }) => [...commands.keys()])]

const said = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) => commandsIn(readFileSync(new URL(file, folder), 'utf8')).map((words) => ({ file, words })))

describe('the pages of operations', () => {
  it.each(said)('$file says "$words", which is a command', ({ words }) => {
    expect(known.filter((name) => words === name || words.startsWith(`${name} `))).not.toEqual([])
  })

  it('say how each of our commands is used, or that there is a list of them', () => {
    const wanted = ['keys rotate', 'keys reseal', 'webhooks reseal', 'billing reconcile', 'billing sync-plans']
    const used = said.map(({ words }) => words)
    for (const name of [...wanted, 'sessions end', 'events list', 'events dead', 'events replay', 'help'])
      expect(
        used.some((words) => words.startsWith(name)),
        name,
      ).toBe(true)
  })
})

/** In the three ways in which a command is given. */
function commandsIn(text: string): string[] {
  const ways = [/npm run lightpress -- ([^\n`#]+)/g, /node main\.js ([^\n`#]+)/g, /--words '([^']+)'/g]
  return ways.flatMap((way) => [...text.matchAll(way)].map(([, words = '']) => words.trim()))
}
