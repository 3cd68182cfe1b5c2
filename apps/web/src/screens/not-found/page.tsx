import { ButtonLink } from '../../ui/button.tsx'
import { Wordmark } from '../../ui/mark.tsx'
import { Main, useTitle } from '../../ui/page.tsx'
import { readSession } from '../../api/session-note.ts'
import styles from './page.module.css'

export function NotFound() {
  useTitle('Not found')
  return (
    <Main class={styles.page}>
      <Wordmark />
      <p class={styles.code}>404</p>
      <h1>There is no such page</h1>
      <p class={styles.lead}>The address may have a typo, or what was here has been moved.</p>
      <ButtonLink href={readSession() ? '/dashboard' : '/'} variant="primary">
        {readSession() ? 'Go to your dashboard' : 'Go to the start page'}
      </ButtonLink>
    </Main>
  )
}
