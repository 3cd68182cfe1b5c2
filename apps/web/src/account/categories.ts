import type { Notification } from '@lightpress/notifications-contract'

export type Category = Notification['category']

export interface CategoryWords {
  label: string
  /** In the middle of a sentence: "nothing about …". */
  about: string
  /** What comes under it. */
  contains: string
}

/** What there is news of, in the order in which it is shown. */
export const categories: readonly Category[] = ['security', 'account', 'billing', 'product']

export const categoryWords: Record<Category, CategoryWords> = {
  security: {
    label: 'Security',
    about: 'the security of your account',
    contains: 'New sign-ins, and every change of what protects your account: password, address, second factors.',
  },
  account: {
    label: 'Account',
    about: 'your account',
    contains: 'Who joins or leaves an organisation that you look after, and what you may do in yours.',
  },
  billing: {
    label: 'Billing',
    about: 'billing',
    contains: 'Receipts, payments that failed, trials that end and plans that change. For owners and admins.',
  },
  product: {
    label: 'Product',
    about: 'the product',
    contains: 'What is new in Lightpress. Now and then.',
  },
}

/** What the link in a mail stops, in the middle of a sentence: e-mails of a category, or digests, whatever is in them. */
export function mailsOf(what: Category | 'digest'): string {
  return what === 'digest' ? 'digests' : `e-mails about ${categoryWords[what].about}`
}
