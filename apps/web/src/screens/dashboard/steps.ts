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
  /** Whether there is a picture of the person. */
  picture: boolean
  /** People in the organisation, the person included. */
  members: number
  /** Whether the person can invite others, and whether anybody they could have asked has yet to answer. */
  mayInvite: boolean
  invited: boolean
}

/** What is worth doing first, each judged by what is there: nothing has to be ticked by hand. */
export function firstSteps(known: Known): Step[] {
  const { timeZone, browserTimeZone, paidPlan, notifications, picture } = known
  return [
    done('Address confirmed', 'Your address is confirmed: mails reach you there.'),
    timeZone !== 'UTC' || browserTimeZone === 'UTC'
      ? done('Time zone set', `Dates in the product and in mails are those of ${timeZone.replaceAll('_', ' ')}.`)
      : toDo('/profile', 'Set your time zone', 'So that dates in the product and in mails are yours.'),
    picture
      ? done('Picture added', 'Those you work with see who it is.')
      : toDo('/profile', 'Add a picture', 'So that those you work with see who it is.'),
    ...invitation(known),
    notifications.some(({ readAt }) => readAt !== null)
      ? done('First notification read', 'The next ones arrive by themselves, without a reload.')
      : toDo('/notifications', 'Read your first notification', 'Receipts and security notices arrive there.'),
    paidPlan !== undefined
      ? done('Plan chosen', `Your organisation is on ${paidPlan}.`)
      : toDo('/billing', 'Choose a plan', 'Stay on Free as long as you like; Pro is by the seat.'),
  ]
}

/** Not for whoever can invite nobody. */
function invitation({ members, mayInvite, invited }: Known): Step[] {
  if (members > 1) return [done('Not alone', `You are ${members.toLocaleString('en')} in your organisation.`)]
  if (!mayInvite) return []
  return [
    invited
      ? done('Somebody invited', 'They join as soon as they open the link of their mail.')
      : toDo('/organization/members', 'Invite somebody', 'Work together: share the plan, and see what happens.'),
  ]
}

function done(title: string, detail: string): Step {
  return { title, detail, href: undefined }
}

function toDo(href: string, title: string, detail: string): Step {
  return { title, detail, href }
}
