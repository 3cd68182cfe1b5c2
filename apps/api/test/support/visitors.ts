import { auth } from '@lightpress/auth-contract'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterEach, beforeEach, expect } from 'vitest'
import { visit, type Visitor } from './browser.ts'
import type { Person } from './person.ts'

interface Arrival extends BrowserContextOptions {
  /** The organisation that they act for, by its id, where it is not their own. */
  actingFor?: string
}

export interface Visitors {
  /** A browser of somebody's own, on that page. */
  arrive: (path: string, options?: BrowserContextOptions) => Promise<Visitor>
  /**
   * The same, signed in a moment ago: without the screen for it, which has tests of its own and costs a page more. On one of
   * the pages that ask who is there; those for everybody do not.
   */
  arriveAs: (person: Person, path: string, arrival?: Arrival) => Promise<Visitor>
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

  async function arriveAs(person: Person, path: string, { actingFor, ...options }: Arrival = {}): Promise<Visitor> {
    const { browser, url } = place()
    const visitor = await visit(browser, options)
    visitors.push(visitor)
    const { email, password } = person
    const { signIn, switchOrganization } = auth.operations
    await ask(visitor, url + signIn.path, { email, password, mode: 'cookie' })
    if (actingFor !== undefined) await ask(visitor, url + switchOrganization.path, { organizationId: actingFor })
    await visitor.page.goto(url + path)
    await expect
      .poll(() => visitor.page.evaluate('localStorage.getItem("session")'), { timeout: 40_000 })
      .not.toBeNull()
    return visitor
  }

  return { arrive, arriveAs, provoked }
}

/** Asks as a page does, before there is one. The browser keeps the cookies, and its pages find out by them whose they are. */
async function ask({ context }: Visitor, url: string, data: Record<string, string>): Promise<void> {
  const answer = await context.request.post(url, { data, headers: { origin: new URL(url).origin } })
  expect(answer.status(), await answer.text()).toBe(200)
}
