import { createAsync, useSearchParams } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { nextPath } from '../api/next-path.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import styles from './card.module.css'
import { getSeededPeople } from './people.ts'
import { signInAs } from './sign-in-as.ts'

/** At sign-in, in development: the people who are there from the start, a press each. */
export function DevelopmentCard() {
  const people = createAsync(() => getSeededPeople())
  const [search] = useSearchParams<{ next: string }>()
  return (
    <Show when={people()?.length}>
      <section class={styles.card} aria-labelledby="development">
        <h2 id="development">Development: sign in as…</h2>
        <ul>
          <For each={people()}>
            {(person) => (
              <li>
                <Button
                  variant="quiet"
                  wide
                  class={styles.person}
                  action={() => signInAs(person, nextPath(search.next, location.origin))}
                >
                  <Avatar name={person.name} />
                  <span class={styles.names}>
                    <span class={styles.name}>{person.name}</span>
                    <span class={styles.detail}>{person.email}</span>
                  </span>
                  <span class={styles.role}>{person.role}</span>
                </Button>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}
