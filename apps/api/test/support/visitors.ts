import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterEach, beforeEach, expect } from 'vitest'
import { visit, type Visitor } from './browser.ts'
import type { Person } from './person.ts'
import { fillSignIn } from './steps.ts'

export interface Visitors {
  /** A browser of somebody's own, on that page. */
  arrive: (path: string, options?: BrowserContextOptions) => Promise<Visitor>
  /** The same, signed in a moment ago. */
  arriveAs: (person: Person, path: string, options?: BrowserContextOptions) => Promise<Visitor>
  /** The complaints that a test provokes; every other one, of whatever visitor, fails it. */
  provoked: RegExp[]
}

/** Whoever comes to the product during a test leaves with it. For a `describe`, whose hooks it adds to. */
export function expectVisitors(place: () => { browser: Browser; url: string }): Visitors {
  const visitors: Visitor[] = []
  const provoked: RegExp[] = []

  beforeEach(() => {
    visitors.length = 0
    provoked.length = 0
  })
  afterEach(async () => {
    for (const { context } of visitors) await context.close()
    const complaints = visitors.flatMap((visitor) => visitor.complaints)
    expect(complaints.filter((said) => !provoked.some((expected) => expected.test(said)))).toEqual([])
  })

  async function arrive(path: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const { browser, url } = place()
    const visitor = await visit(browser, options)
    visitors.push(visitor)
    await visitor.page.goto(url + path)
    return visitor
  }

  async function arriveAs(person: Person, path: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const visitor = await arrive(`/sign-in?next=${encodeURIComponent(path)}`, options)
    await fillSignIn(visitor.page, person)
    await visitor.page.waitForURL(place().url + path)
    return visitor
  }

  return { arrive, arriveAs, provoked }
}
