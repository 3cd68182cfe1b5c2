import { A } from '@solidjs/router'
import type { ParentProps } from 'solid-js'
import { Wordmark } from '../ui/mark.tsx'
import { Main } from '../ui/page.tsx'
import styles from './signed-out.module.css'

/** One thing to do, in a card of 400 px, the mark above it. */
export function SignedOutLayout(props: ParentProps) {
  return (
    <div class={styles.layout}>
      <header>
        <A href="/" aria-label="Lightpress, home" class={styles.home}>
          <Wordmark />
        </A>
      </header>
      <Main class={styles.card}>{props.children}</Main>
    </div>
  )
}
