import Bell from 'lucide-solid/icons/bell'
import CreditCard from 'lucide-solid/icons/credit-card'
import KeyRound from 'lucide-solid/icons/key-round'
import Users from 'lucide-solid/icons/users'
import { For } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import styles from './page.module.css'
import { Preview } from './preview.tsx'
import { Split } from './split.tsx'

const modules = [
  {
    icon: KeyRound,
    name: 'Auth',
    what: 'Sign-up by confirmed mail, sessions that end everywhere within a second, rotating tokens and keys.',
  },
  {
    icon: Users,
    name: 'Users',
    what: 'People, their organisations and their roles. Everyone starts with an organisation of their own.',
  },
  {
    icon: CreditCard,
    name: 'Billing',
    what: 'Plans by the seat, checkout, invoices. The payment provider is the truth, in any order it is told.',
  },
  {
    icon: Bell,
    name: 'Notifications',
    what: 'Mail and a live inbox, shared by all tabs of a browser, resumed where the line was cut.',
  },
]

const promises = [
  {
    title: 'It starts',
    text: 'One command on a bare machine gives a working product: database, queues, payments and a mailbox. No accounts, no containers.',
    code: 'npm start',
  },
  {
    title: 'It splits, and nothing changes',
    text: 'The same tests pass with all modules in one process and with each in its own. That is proved at every change.',
    code: 'npm run start:split',
  },
  {
    title: 'It loses nothing',
    text: 'A committed change publishes its event, and an event takes effect once. End any process at any moment.',
    code: 'npm run faults',
  },
]

export function Landing() {
  useTitle('Lightpress')
  return (
    <>
      <div class={styles.light}>
        <section class={styles.hero}>
          <h1>The part of every SaaS product that you build again. Built once.</h1>
          <p>
            Sign-in, people and their organisations, subscriptions and notifications, in one process on your desk and
            split into services when you deploy. Yours to read and to change.
          </p>
          <div class={styles.actions}>
            <Begin />
            <ButtonLink href="/pricing" size="large">
              See pricing
            </ButtonLink>
          </div>
          <Preview />
        </section>
      </div>

      <section class={styles.section} aria-labelledby="modules">
        <h2 id="modules">Four modules that never import each other</h2>
        <p class={styles.lead}>
          Each owns its data and shows the others a contract of two screens. That is why each can be read in ten
          minutes, and moved out in one.
        </p>
        <ul class={styles.modules}>
          <For each={modules}>
            {(module) => (
              <li>
                <span class={styles.icon}>
                  <Dynamic component={module.icon} size={20} />
                </span>
                <h3>{module.name}</h3>
                <p>{module.what}</p>
              </li>
            )}
          </For>
        </ul>
      </section>

      <section class={styles.band} aria-labelledby="split">
        <div class={styles.section}>
          <h2 id="split">One process on your laptop, many in production</h2>
          <p class={styles.lead}>
            A neighbour in the same process is called as a function, one elsewhere over HTTP. The code that calls cannot
            tell the difference, and need not.
          </p>
          <Split />
        </div>
      </section>

      <section class={styles.section} aria-labelledby="promises">
        <h2 id="promises">Three promises, in this order</h2>
        <ol class={styles.promises}>
          <For each={promises}>
            {(promise) => (
              <li>
                <h3>{promise.title}</h3>
                <p>{promise.text}</p>
                <code>
                  <span aria-hidden="true">$ </span>
                  {promise.code}
                </code>
              </li>
            )}
          </For>
        </ol>
      </section>

      <section class={styles.end}>
        <h2>Begin with what only you can build</h2>
        <Begin />
      </section>
    </>
  )
}

function Begin() {
  const signedIn = readSession() !== undefined
  return (
    <ButtonLink href={signedIn ? '/dashboard' : '/sign-up'} variant="primary" size="large">
      {signedIn ? 'Open your dashboard' : 'Sign up free'}
    </ButtonLink>
  )
}
