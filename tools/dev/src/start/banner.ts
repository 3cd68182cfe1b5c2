import { styleText } from 'node:util'
import type { Addresses } from './addresses.ts'

/** What a person needs to know, once everything is up. */
export function banner(
  { web, docs, mailbox, mails, stripe, queues, people }: Addresses,
  { seconds, anybody }: { seconds: number; anybody: boolean },
): string {
  const row = (label: string, value: string | null) => (value === null ? [] : [`  ${label.padEnd(16)} ${value}`])
  return [
    '',
    `  ${styleText('bold', 'Lightpress')} is ready after ${seconds.toFixed(1)} s`,
    '',
    ...row('Product', styleText(['bold', 'underline'], web)),
    ...row('API reference', docs),
    ...row('Mailbox', mailbox),
    ...row('Mail gallery', mails),
    ...row('Stripe stand-in', stripe),
    ...row('Queues', queues),
    '',
    ...(people.length > 0
      ? [
          '  Sign in as',
          ...people.map(({ email, password, role }) => `  ${email.padEnd(24)} ${password.padEnd(24)} ${role}`),
        ]
      : ['  Sign up with any address; the database is your own, so nobody was put into it.']),
    ...(anybody
      ? [`  Programs need not: curl -H 'X-Dev-User-Id: ${people[0]?.email ?? '<id>'}' ${web}/v1/users/me`]
      : []),
    '',
    '  Ctrl-C stops everything; the data stay in .data/. npm run reset starts afresh.',
    '',
  ].join('\n')
}
