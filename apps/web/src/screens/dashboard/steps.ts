export interface Step {
  title: string
  detail: string
  /** Where it is done; what is done leads nowhere. */
  href: string | undefined
}

export interface Known {
  /** The person's zone as the profile has it, and as the browser has it. */
  timeZone: string
  browserTimeZone: string
  /** What the organisation pays for. */
  paidPlan: string | undefined
  notifications: { readAt: string | null }[]
}

/** What is worth doing first, each judged by what is there: nothing has to be ticked by hand. */
export function firstSteps({ timeZone, browserTimeZone, paidPlan, notifications }: Known): Step[] {
  return [
    done('Address confirmed', 'Your address is confirmed: mails reach you there.'),
    timeZone !== 'UTC' || browserTimeZone === 'UTC'
      ? done('Time zone set', `Dates in the product and in mails are those of ${timeZone.replaceAll('_', ' ')}.`)
      : toDo('/profile', 'Set your time zone', 'So that dates in the product and in mails are yours.'),
    notifications.some(({ readAt }) => readAt !== null)
      ? done('First notification read', 'The next ones arrive by themselves, without a reload.')
      : toDo('/notifications', 'Read your first notification', 'Receipts and security notices arrive there.'),
    paidPlan !== undefined
      ? done('Plan chosen', `Your organisation is on ${paidPlan}.`)
      : toDo('/billing', 'Choose a plan', 'Stay on Free as long as you like; Pro is by the seat.'),
  ]
}

function done(title: string, detail: string): Step {
  return { title, detail, href: undefined }
}

function toDo(href: string, title: string, detail: string): Step {
  return { title, detail, href }
}
