import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { recordGraph } from './graph.ts'
import { modules } from './support.ts'

const folder = new URL('../../docs/operations/', import.meta.url)
const pages = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => [`docs/operations/${file}`, readFileSync(new URL(file, folder), 'utf8')]),
)

/** Alarms that tell people, as the pages name them, with what they say. */
let alarms: { name: string; says: string }[]
beforeAll(async () => {
  const graphs = [await recordGraph('staging'), await recordGraph('production')]
  alarms = graphs
    .flatMap((graph) => graph.find('aws:cloudwatch/metricAlarm:MetricAlarm'))
    .filter(({ name }) => !name.includes('-scale-'))
    .map(({ name, inputs }) => ({ name: asWritten(name), says: String(inputs.alarmDescription) }))
})

describe('an alarm', () => {
  it('names the page that tells what to do, and is named there', () => {
    expect(alarms.length).toBeGreaterThan(modules.length * 2 * 13)
    for (const { name, says } of alarms) {
      const [, page = ''] = / What to do: (\S+)$/.exec(says) ?? []
      expect([...pages.keys()], says).toContain(page)
      expect(pages.get(page), `${page} of ${name}`).toContain(`\`${name}\``)
    }
  })

  it('that a page names is there', () => {
    const named = [...pages.values()].flatMap((text) => {
      const [, inAws = ''] = /^\*\*Alerts?\.\*\* .*?\bin aws\b([^\n]+)/im.exec(text) ?? []
      return [...inAws.matchAll(/`([^`]+)`/g)].map(([, name]) => name)
    })
    expect(new Set(named)).toEqual(new Set(alarms.map(({ name }) => name)))
  })
})

/** Pages tell once what holds for every module, node and gateway. */
function asWritten(name: string): string {
  const module = modules.find((module) => name.startsWith(`${module}-`))
  if (module !== undefined) return `<module>${name.slice(module.length)}`
  return name.replace(/^queue-\d+/, 'queue-<node>').replace(/^nat-\d+/, 'nat-<n>')
}
