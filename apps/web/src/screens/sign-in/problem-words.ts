import type { Words } from './reason-words.ts'

/** Why another way in did not lead in: `?problem=` of the address, in words. One of a newer server is told in general. */
export function problemWords(problem: string | undefined, provider: string): Words {
  return told.get(problem)?.(provider) ?? failed(provider)
}

const failed = (provider: string): Words => ({
  tone: 'warning',
  title: `${start(provider)} could not sign you in`,
  words: 'Something went wrong on the way there or back. Try again, or take another way.',
})

const told = new Map<string | undefined, (provider: string) => Words>([
  ['provider_failed', failed],
  [
    'provider_denied',
    (provider) => ({
      tone: 'info',
      title: 'Nobody was signed in',
      words: `It was called off at ${provider}. Try again, or take another way.`,
    }),
  ],
  [
    'link_expired',
    () => ({
      tone: 'info',
      title: 'That took too long',
      words: 'It is over, or it was begun in another browser. Begin once more here.',
    }),
  ],
  [
    'too_many_attempts',
    () => ({
      tone: 'warning',
      title: 'Too many tries',
      words: 'Wait a few minutes, or take another way.',
    }),
  ],
  [
    'email_unverified',
    (provider) => ({
      tone: 'warning',
      title: 'Your address is not confirmed there',
      words: `Confirm your e-mail address at ${provider} first, or take another way.`,
    }),
  ],
  [
    'account_exists',
    (provider) => ({
      tone: 'info',
      title: 'You have an account already',
      words: `Sign in as you do otherwise. Then you can link ${provider} to it, and sign in with that from then on.`,
    }),
  ],
  [
    'suspended',
    () => ({
      tone: 'warning',
      title: 'Your access is suspended',
      words: 'Nothing of yours is lost. Ask us if you do not know why.',
    }),
  ],
  [
    'already_linked',
    (provider) => ({
      tone: 'warning',
      title: 'This sign-in belongs to another account',
      words: `What you chose at ${provider} signs somebody else in here. Choose another one there.`,
    }),
  ],
  [
    'second_factor_required',
    () => ({
      tone: 'info',
      title: 'Your second factor is needed',
      words: 'Your account has one, and it is what counts for this. Sign in, and confirm it with that.',
    }),
  ],
])

function start(provider: string): string {
  return provider.charAt(0).toUpperCase() + provider.slice(1)
}
