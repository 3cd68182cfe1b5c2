import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { requires } from '@lightpress/local'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { alerts, readText } from './files.ts'

const folder = fileURLToPath(new URL('../prometheus/', import.meta.url))

describe('the alerts', () => {
  it('have a name each, and say what is the matter', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
    for (const { annotations } of alerts) expect(annotations.summary).toMatch(/\.$/)
  })

  // Debian's package `prometheus` has it.
  it.skipIf(!requires('promtool'))('are read and found right by Prometheus itself', () => {
    const run = (...args: string[]) => execFileSync('promtool', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    expect(run('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${alerts.length} rules found`)
    expect(run('check', 'config', 'prometheus.yml')).toContain('SUCCESS')
    expect(run('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
  })
})

it('every service of compose is scraped by its name, on its internal port', () => {
  const { scrape_configs: scrapes } = parse(readText('prometheus/prometheus.yml')) as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[]
  }
  const { services } = parse(readText('../../docker-compose.yml')) as { services: Record<string, unknown> }
  const [own] = scrapes
  expect(own?.dns_sd_configs[0]?.port).toBe(3001)
  expect(own?.dns_sd_configs[0]?.names.toSorted()).toEqual(
    Object.keys(services)
      .filter((name) => name.endsWith('-service'))
      .toSorted(),
  )
})
