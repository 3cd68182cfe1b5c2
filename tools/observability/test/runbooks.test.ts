import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { alerts } from './files.ts'

const root = new URL('../../../', import.meta.url)
const folder = new URL('docs/operations/', root)
const pages = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }))

describe('an alert', () => {
  it.each(alerts)('$alert leads to a page that names it', ({ alert, annotations: { runbook } }) => {
    const page = pages.find(({ file }) => `docs/operations/${file}` === runbook)
    expect(page, `${runbook} is missing`).toBeDefined()
    expect(page?.text).toContain(alert)
  })
})

describe('the pages of operations', () => {
  it('tell what to do: how it shows or when, what to do, and when it is over', () => {
    const steps = pages.filter(({ file }) => !['README.md', 'pipelines.md'].includes(file))
    expect(steps.length).toBeGreaterThan(7)
    for (const { file, text } of steps) {
      expect(text, file).toMatch(/\*\*(When|Alerts?|How it shows)\.\*\*/)
      expect(text, file).toMatch(/^## (Steps|First|Which way|Restore beside|The keys)/m)
      expect(text, file).toMatch(/^## It is over when|\*\*Over\*\* when/m)
    }
  })

  it('hand a secret to a command by its input, and never as an argument, which every list of processes shows', () => {
    for (const { file, text } of pages)
      expect(text, file).not.toMatch(/Passwords=|--(secret-string|passwords|auth-token|master-user-password) (?!file:)/)
  })

  it('name alerts, files and pages that there are', () => {
    const known = new Set(alerts.map(({ alert }) => alert))
    for (const { file, text } of pages) {
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
        expect(existsSync(fileURLToPath(new URL(target, new URL(file, folder)))), `${file} leads to ${target}`).toBe(
          true,
        )
      for (const [, path = ''] of text.matchAll(/`((?:packages|tools|infra|docs)\/[\w./-]+)`/g))
        expect(existsSync(new URL(path, root)), `${file} names ${path}`).toBe(true)
      const [, named = ''] = /\*\*Alerts?\.\*\* ([^\n]+)/.exec(text) ?? []
      for (const [word] of named.matchAll(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g))
        expect([...known], `${file} names the alert ${word}`).toContain(word)
    }
  })
})
