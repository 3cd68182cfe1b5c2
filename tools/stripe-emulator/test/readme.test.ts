import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { newRule } from '../src/control/chaos-rules.ts'
import { createControl } from '../src/control/client.ts'
import { endpoints } from '../src/endpoints.ts'
import type { Endpoint } from '../src/http/endpoint.ts'
import { behaviourOf, numberNamed } from '../src/payments/test-cards.ts'
import { startEmulator } from './harness.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${folder}README.md`, 'utf8')
const programs = [...readme.matchAll(/^```ts\n(.+?)^```$/gms)].map(([, program = '']) => program)

describe('the programs of the README', () => {
  test('are there', () => {
    expect(programs.length).toBeGreaterThanOrEqual(4)
  })

  test.for(programs.map((program, at) => [at + 1, program] as const))('number %i runs', async ([, program]) => {
    const { url } = await startEmulator()
    const { code, printed, complaint } = await run(program.replaceAll(/\b4242\b/g, new URL(url).port))
    expect(code, complaint).toBe(0)
    expect(printed).toEqual(promised(program))
  })
})

describe('the requests of the README', () => {
  const asked = [...readme.matchAll(/^\$ (curl .*)\n(.*)$/gm)].map(([, command = '', answer = '']) => ({
    command,
    answer,
  }))

  test('are there, for every group of the control', () => {
    const groups = asked.map(({ command }) => /_control\/([a-z]+)/.exec(command)?.[1])
    expect(new Set(groups)).toEqual(new Set(Object.keys(createControl('http://localhost'))))
  })

  test.for(asked)('$command', async ({ command, answer }) => {
    const { url, stripe } = await startEmulator()
    const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['*'] })
    const known = command.replace('localhost:4242', new URL(url).host).replace('we_…', endpoint.id)
    const given = await (await ask(known)).json()
    expect(shapeOf(given)).toEqual(shapeOf(JSON.parse(answer)))
  })
})

describe('the tables of the README', () => {
  test('name every endpoint, and none that is not there', () => {
    const told = rowsUnder('What it covers').map(([, path = '', operations = '']) => [
      path.slice(1, -1),
      operations.split(', ').sort(),
    ])
    const paths = told.map(([path]) => String(path))
    const covered = new Map<string, string[]>()
    for (const endpoint of endpoints) {
      const { path, operation } = placeOf(endpoint, paths)
      covered.set(path, [...(covered.get(path) ?? []), operation].sort())
    }
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(covered))
  })

  test('tell of each card what it does', () => {
    const cards = rowsUnder('Test cards').map(([number = '', names = '', decline = '']) => ({
      number: code(number),
      names: names.split(', ').filter(Boolean).map(code),
      decline: code(decline) || null,
    }))
    expect(cards.length).toBeGreaterThan(30)
    for (const { number, names, decline } of cards) {
      expect(behaviourOf(number).decline?.declineCode ?? null, number).toBe(decline)
      for (const name of names) {
        expect([numberNamed(`pm_card_${name}`), numberNamed(`tok_${name}`)], name).toEqual([number, number])
      }
    }
  })

  test('name every effect of chaos', () => {
    const effects = newRule.options.map(({ shape }) => shape.effect.value)
    const told = rowsUnder('What goes wrong on purpose').map(([name = '']) => code(name))
    expect(told.filter((name) => /^[a-z_]+$/.test(name)).sort()).toEqual(effects.sort())
  })

  test('name every call of the control', () => {
    const told = rowsUnder('What goes wrong on purpose').flatMap(([, calls = '']) => calls.split(', ').map(code))
    expect(told).toEqual(expect.arrayContaining(callsOf(createControl('http://localhost'))))
  })
})

/** As its own process, in this package, so that it imports what whoever copies it would import. */
async function run(program: string): Promise<{ code: unknown; printed: string[]; complaint: string }> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, printed: output.split('\n').filter(Boolean), complaint }
}

/** What its comments say that it prints. */
function promised(program: string): string[] {
  return [...program.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line = '']) => line)
}

/** Sends what such a command of curl's sends: not every machine has it, and not every curl knows `--json`. */
async function ask(command: string): Promise<Response> {
  const [, address = ''] = /^curl '?([^\s']+)/.exec(command) ?? []
  const [, body] = /--json '([^']*)'/.exec(command) ?? []
  const [, method = body === undefined ? 'GET' : 'POST'] = /--request (\w+)/.exec(command) ?? []
  const sent = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }
  return await fetch(`http://${address}`, { method, ...sent })
}

/** What a value consists of, whatever it says: times, ids and secrets differ each time. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]))
}

/** The cells of all tables of a section, without their heads. */
function rowsUnder(title: string): string[][] {
  const [, section = ''] = readme.split(`\n## ${title}\n`)
  const [own = ''] = section.split('\n## ')
  return own
    .replaceAll(/^\|.*\|\n\| ?-.*$/gm, '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
}

/** The row that tells of an endpoint, and by which word. */
function placeOf({ method, path }: Endpoint, paths: readonly string[]): { path: string; operation: string } {
  const inside = (row: string) => path === row || path.startsWith(`${row}/`)
  const row = paths.filter(inside).reduce((a, b) => (b.length > a.length ? b : a), '')
  const names = path.slice(row.length).split('/').filter(Boolean)
  const named = names.filter((name) => !name.startsWith(':')).join(' ')
  return { path: row || path, operation: wordFor(method, { path, named, one: names.length > 0 }) }
}

function wordFor(
  method: Endpoint['method'],
  { path, named, one }: { path: string; named: string; one: boolean },
): string {
  if (method === 'DELETE' && path === '/v1/subscriptions/:id') return 'cancel'
  if (method === 'DELETE') return `delete ${named}`.trim()
  if (named !== '') return named.replaceAll('_', ' ')
  if (method === 'POST') return one ? 'update' : 'create'
  return one ? 'retrieve' : 'list'
}

function callsOf(client: object): string[] {
  return Object.entries(client).flatMap(([name, value]) =>
    typeof value === 'function' ? name : callsOf(value as object).map((inner) => `${name}.${inner}`),
  )
}

function code(cell: string): string {
  return cell.replaceAll('`', '')
}
