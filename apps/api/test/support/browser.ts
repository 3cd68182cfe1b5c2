import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import axe, { type AxeResults, type RunOptions } from 'axe-core'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** The Chromium of this machine, with a profile of its own that is gone with it. */
export function launchChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const executablePath = folders.map((folder) => join(folder, 'chromium')).find((path) => existsSync(path))
  if (!executablePath) throw new Error('chromium is not installed')
  return chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A browser of somebody's own: cookies and storage are shared by its tabs and by nobody else. */
export interface Visitor {
  context: BrowserContext
  page: Page
  /** What any tab has complained of: errors, warnings and refusals of the security policy, with their addresses. */
  complaints: string[]
  /** The path of every request, of all tabs, in order. */
  requests: string[]
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    // Nothing is on its way from one colour to another while it is looked at.
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    ...options,
  })
  context.setDefaultTimeout(40_000)
  const complaints: string[] = []
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => complaints.push(String(error.error().stack)))
  const requests: string[] = []
  context.on('request', (request) => requests.push(new URL(request.url()).pathname))
  return { context, page: await context.newPage(), complaints, requests }
}

/** What axe finds on the screen as it is: in the light all, and in the dark what comes of colours, which is all that differs. */
export async function expectNoBarriers(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await runAxe(page, colorScheme === 'dark' ? ofColours : {})
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
    expect.soft(found, `axe on ${page.url()}, ${colorScheme}`).toEqual([])
  }
}

/** Without the one of them that goes beyond the standard's middle level, which a run of all rules leaves out as well. */
const ofColours: RunOptions = { runOnly: ['cat.color'], rules: { 'color-contrast-enhanced': { enabled: false } } }

/** Half a megabyte of script: it is given to a page once, and not again until there is another one. */
async function runAxe(page: Page, options: RunOptions): Promise<AxeResults> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source)
  return page.evaluate<AxeResults>(`axe.run(${JSON.stringify({ ...options, resultTypes: ['violations'] })})`)
}
