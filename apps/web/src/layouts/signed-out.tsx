import { A, type RouteSectionProps } from '@solidjs/router'
import { Wordmark } from '../ui/mark.tsx'
import { Main } from '../ui/page.tsx'
import styles from './signed-out.module.css'

/** One thing to do, in a card of 400 px, the mark above it. */
export function SignedOutLayout(props: RouteSectionProps) {
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
