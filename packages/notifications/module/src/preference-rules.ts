import type { Category, DigestPlan, EmailMode, InboxMode, QuietHours } from '@lightpress/notifications-contract'

// What comes of news, by what a person chose. Pure: no I/O and no clock.

export interface Channels {
  inbox: InboxMode
  email: EmailMode
}

/** Security notices are not to be chosen. */
export type Choosable = Exclude<Category, 'security'>
export const choosable = ['account', 'billing', 'product'] as const satisfies readonly Choosable[]

/** What somebody chose for a category; `before`: how they had its e-mail when a link in a mail switched it off. */
export interface Chosen extends Channels {
  before?: EmailMode
}

/** A category that is not here is as by default. */
export type Choices = Partial<Record<Choosable, Chosen>>

export interface Choice {
  categories: Choices
  quietHours: QuietHours | null
  digest: DigestPlan
}

const defaults: Record<Choosable, Channels> = {
  account: { inbox: 'instant', email: 'digest' },
  billing: { inbox: 'instant', email: 'instant' },
  product: { inbox: 'instant', email: 'off' },
}

/** Absence is the defaults: of a row, and of what it does not say. */
export function choiceOf(row?: Nullable<Choice>): Choice {
  return {
    categories: row?.categories ?? {},
    quietHours: row?.quietHours ?? null,
    digest: row?.digest ?? { frequency: 'daily', hour: 8, weekday: 1 },
  }
}

type Nullable<T> = { [K in keyof T]: T[K] | null }

/** With what is chosen anew; the rest stays as it was. */
export function choose(
  choice: Pick<Choice, 'categories'>,
  anew: Partial<Record<Choosable, Anew | undefined>>,
): Choices {
  const chosen = { ...choice.categories }
  for (const category of choosable) {
    const { inbox, email } = anew[category] ?? {}
    if (inbox === undefined && email === undefined) continue
    const now = channelsOf(category, choice)
    // How it was before a link switched it off counts until it is chosen anew.
    const before = email === undefined ? choice.categories[category]?.before : undefined
    chosen[category] = { inbox: inbox ?? now.inbox, email: email ?? now.email, ...(before && { before }) }
  }
  return chosen
}

type Anew = { [K in keyof Channels]?: Channels[K] | undefined }

/** How a person hears of a category. Of security always, and at once. */
export function channelsOf(category: Category, { categories }: Pick<Choice, 'categories'>): Channels {
  if (category === 'security') return { inbox: 'instant', email: 'instant' }
  const { inbox, email } = categories[category] ?? defaults[category]
  return { inbox, email }
}

export function hasDigests(choice: Pick<Choice, 'categories'>): boolean {
  return choosable.some((category) => channelsOf(category, choice).email === 'digest')
}

/** What a link in a mail is for: the e-mails of a category, or digests, whatever is in them. */
export type Switch = Choosable | 'digest'

export function isOff(what: Switch, choice: Pick<Choice, 'categories'>): boolean {
  return what === 'digest' ? !hasDigests(choice) : channelsOf(what, choice).email === 'off'
}

/** What it was is remembered. Again is the same as once. */
export function switchOff(what: Switch, choice: Pick<Choice, 'categories'>): Choices {
  const categories = { ...choice.categories }
  for (const category of what === 'digest' ? choosable : [what]) {
    const { inbox, email } = channelsOf(category, choice)
    if (email === 'off' || (what === 'digest' && email !== 'digest')) continue
    categories[category] = { inbox, email: 'off', before: email }
  }
  return categories
}

/** As it was before a link switched it off. Where nobody knows, as by default, or at once. */
export function switchOn(what: Switch, choice: Pick<Choice, 'categories'>): Choices {
  const categories = { ...choice.categories }
  for (const category of what === 'digest' ? choosable : [what]) {
    const { inbox, email } = channelsOf(category, choice)
    const before = categories[category]?.before ?? defaults[category].email
    if (email !== 'off' || (what === 'digest' && before !== 'digest')) continue
    categories[category] = { inbox, email: before === 'off' ? 'instant' : before }
  }
  return categories
}
