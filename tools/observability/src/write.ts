// node tools/observability/src/write.ts: writes the dashboards as Grafana reads them. A test holds the files to this.
import { writeFile } from 'node:fs/promises'
import { dashboards } from './dashboards.ts'
import { toGrafana } from './panels.ts'

export function fileOf(uid: string): URL {
  return new URL(`../grafana/dashboards/${uid}.json`, import.meta.url)
}

export function textOf(dashboard: (typeof dashboards)[number]): string {
  return `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`
}

if (import.meta.main) for (const dashboard of dashboards) await writeFile(fileOf(dashboard.uid), textOf(dashboard))
