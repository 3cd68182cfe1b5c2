import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { dashboards } from '../src/dashboards.ts'

const Alerts = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
})

export function readText(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
}

export const alerts = Alerts.parse(parse(readText('prometheus/alerts.yml'))).groups.flatMap(({ rules }) => rules)

/** Every query that somebody looks at or is woken by, with where it stands and the labels that its text shows. */
export const queries = [
  ...alerts.map(({ alert, expr, annotations }) => ({ where: alert, expr, shown: labelsIn(annotations.summary) })),
  ...dashboards.flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap((panel) =>
        Object.entries(panel.queries).map(([legend, expr]) => ({
          where: `${title}: ${panel.title}`,
          expr,
          shown: labelsIn(legend),
        })),
      ),
    ),
  ),
]

/** `{{ $labels.service }}` in an alert, `{{service}}` in a legend. */
function labelsIn(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label ?? '')
}
