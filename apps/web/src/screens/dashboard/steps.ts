export interface Step {
  title: string
  detail: string
  href: string
  done: boolean
}

export interface Known {
  /** The person's zone as the profile has it, and as the browser has it. */
  timeZone: string
  browserTimeZone: string
  planId: string
  notifications: { readAt: string | null }[]
}

/** What is worth doing first, each judged by what is there: nothing has to be ticked by hand. */
export function firstSteps({ timeZone, browserTimeZone, planId, notifications }: Known): Step[] {
  return [
    {
      title: 'Confirm your address',
      detail: 'Done: you opened the link in our mail.',
      href: '/profile',
      done: true,
    },
    {
      title: 'Set your time zone',
      detail: 'So that dates in the product and in mails are yours.',
      href: '/profile',
      done: timeZone !== 'UTC' || browserTimeZone === 'UTC',
    },
    {
      title: 'Read your first notification',
      detail: 'Receipts and security notices arrive there, as they happen.',
      href: '/notifications',
      done: notifications.some(({ readAt }) => readAt !== null),
    },
    {
      title: 'Choose a plan',
      detail: 'Stay on Free as long as you like; Pro is by the seat.',
      href: '/billing',
      done: planId !== 'free',
    },
  ]
}
