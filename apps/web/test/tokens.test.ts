import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast } from './color.ts'

const css = readFileSync(new URL('../src/ui/tokens.css', import.meta.url), 'utf8')
const shared = declarations(/:root \{([^}]*)\}/)
const themes = {
  light: declarations(/\[data-theme='light'\] \{([^}]*)\}/),
  dark: declarations(/\[data-theme='dark'\] \{([^}]*)\}/),
}

const grounds = ['canvas', 'surface', 'surface-hover', 'surface-pressed']
const text = [
  ...pairs(['text', 'text-soft', 'text-muted', 'accent-text', 'danger-text'], grounds),
  ...['success', 'warning', 'danger', 'info', 'accent'].flatMap((name) =>
    pairs([`${name}-text`, 'text'], [`${name}-surface`, 'surface']),
  ),
  ...pairs(['on-accent'], ['accent-solid', 'accent-solid-hover', 'danger-solid', 'danger-solid-hover']),
]
const controls = [
  ...pairs(['control-border'], ['canvas', 'surface']),
  ...pairs(['focus'], [...grounds, 'accent-surface', 'danger-surface']),
]

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  it.each(text)('shows %s on %s at 4.5:1 or better', (front, back) => {
    expect(contrast(colour(theme, front), colour(theme, back))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(controls)('shows %s against %s at 3:1 or better', (front, back) => {
    expect(contrast(colour(theme, front), colour(theme, back))).toBeGreaterThanOrEqual(3)
  })
})

describe('the tokens', () => {
  it('are the same names in both themes', () => {
    expect([...themes.dark.keys()].sort()).toEqual([...themes.light.keys()].sort())
  })

  it('have contrast computed rightly: black on white is 21:1', () => {
    expect(contrast('oklch(0 0 0)', 'oklch(1 0 0)')).toBeCloseTo(21, 3)
    expect(contrast('oklch(0.5999 0 0)', 'oklch(1 0 0)')).toBeCloseTo(3.95, 1)
  })
})

function declarations(block: RegExp): Map<string, string> {
  const body = css.match(block)?.[1]
  if (body === undefined) throw new Error(`tokens.css has no block for ${block}`)
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]))
}

function colour(theme: Map<string, string>, name: string): string {
  const value = theme.get(name) ?? shared.get(name)
  if (value === undefined) throw new Error(`tokens.css has no --${name}`)
  const referred = value.match(/^var\(--([\w-]+)\)$/)?.[1]
  return referred === undefined ? value : colour(theme, referred)
}

function pairs(fronts: string[], backs: string[]): [string, string][] {
  return fronts.flatMap((front) => backs.map((back): [string, string] => [front, back]))
}
