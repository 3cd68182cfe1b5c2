import type { Toast } from '../../ui/toast.ts'

const general = { title: 'The other provider could not confirm it', detail: 'Nothing was changed. Try again.' }

const told = new Map<string, Pick<Toast, 'title' | 'detail'>>([
  ['provider_denied', { title: 'It was called off', detail: 'Nothing was changed. Try again when you like.' }],
  ['link_expired', { title: 'That took too long', detail: 'Nothing was changed. Begin once more.' }],
  ['not_linked', { title: 'This sign-in is not linked', detail: 'Choose the one that is linked to your account.' }],
  ['too_many_attempts', { title: 'Too many tries', detail: 'Wait a few minutes, then try again.' }],
  [
    'already_linked',
    { title: 'This sign-in opens another account', detail: 'Unlink it there first, or choose another one.' },
  ],
])

/** Why linking a sign-in, or proving by it who it is, did not succeed: `?problem=` of the address, in words. */
export function providerProblem(problem: string): Toast {
  return { ...(told.get(problem) ?? general), tone: 'danger' }
}
