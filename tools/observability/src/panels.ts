/** One picture: what it is called, in which unit, and the queries that it draws. */
export interface Panel {
  title: string
  /** Grafana's name of a unit: `s`, `reqps`, `percentunit`, `short`. */
  unit: string
  /** PromQL by legend; a legend names labels as `{{label}}`. */
  queries: Readonly<Record<string, string>>
  /** Where it begins to be bad, drawn as a line. */
  limit?: number
}

export interface Row {
  title: string
  panels: readonly Panel[]
}

export interface Dashboard {
  uid: string
  title: string
  rows: readonly Row[]
}

const WIDTH = 24
const HEIGHT = 8
const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' }

/** A dashboard in Grafana's own JSON. */
export function toGrafana({ uid, title, rows }: Dashboard) {
  const panels: object[] = []
  let y = 0
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
      panels: [],
    })
    y += 1
    const w = Math.floor(WIDTH / row.panels.length)
    for (const [at, panel] of row.panels.entries()) {
      panels.push({ id: panels.length + 1, ...chart(panel), gridPos: { x: at * w, y, w, h: HEIGHT } })
    }
    y += HEIGHT
  }
  return {
    ...{ uid, title, tags: ['lightpress'], schemaVersion: 39, editable: false, panels },
    time: { from: 'now-3h', to: 'now' },
    refresh: '30s',
    templating: { list: [] },
    annotations: { list: [] },
  }
}

function chart({ title, unit, queries, limit }: Panel) {
  const steps = [{ color: 'green', value: null }, ...(limit === undefined ? [] : [{ color: 'red', value: limit }])]
  return {
    type: 'timeseries',
    title,
    datasource: PROMETHEUS,
    fieldConfig: {
      defaults: {
        ...{ unit, min: 0, thresholds: { mode: 'absolute', steps } },
        custom: { lineWidth: 1, fillOpacity: 10, thresholdsStyle: { mode: limit === undefined ? 'off' : 'line' } },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: Object.entries(queries).map(([legendFormat, expr], at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: PROMETHEUS,
      expr,
      legendFormat,
    })),
  }
}
