import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dashboards } from '../src/dashboards.ts'
import { fileOf, textOf } from '../src/write.ts'
import { readText } from './files.ts'
import { readFileSync, readdirSync } from 'node:fs'

describe('dashboards', () => {
  it('are the files that Grafana is given: run `node tools/observability/src/write.ts` after a change', () => {
    for (const dashboard of dashboards) expect(readFileSync(fileOf(dashboard.uid), 'utf8')).toBe(textOf(dashboard))
    const files = readdirSync(new URL('../grafana/dashboards/', import.meta.url))
    expect(files.sort()).toEqual(dashboards.map(({ uid }) => `${uid}.json`).sort())
  })

  it('ask a source of data that is provisioned', () => {
    const { datasources } = parse(readText('grafana/provisioning/datasources/lightpress.yml')) as {
      datasources: { uid: string }[]
    }
    const uids = datasources.map(({ uid }) => uid)
    const asked = [
      ...dashboards
        .map(textOf)
        .join()
        .matchAll(/"uid": "([a-z]+)"/g),
    ].map(([, uid]) => uid)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((uid) => !uids.includes(uid ?? ''))).toEqual([])
  })

  it('never draw two pictures over each other', () => {
    for (const dashboard of dashboards) {
      const { panels } = JSON.parse(textOf(dashboard)) as {
        panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[]
      }
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
      const taken = new Set<string>()
      for (const { gridPos } of panels)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(x).toBeLessThan(24)
            expect(taken.has(`${x} ${y}`)).toBe(false)
            taken.add(`${x} ${y}`)
          }
    }
  })
})
