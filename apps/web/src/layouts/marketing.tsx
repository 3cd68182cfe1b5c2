import { A, type RouteSectionProps } from '@solidjs/router'
import { Show } from 'solid-js'
import { readSession } from '../api/session-note.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Wordmark } from '../ui/mark.tsx'
import { Main, SkipLink } from '../ui/page.tsx'
import styles from './marketing.module.css'

/** Public pages: the full width, 1,120 px of content. */
export function MarketingLayout(props: RouteSectionProps) {
  return (
    <div class={styles.layout}>
      <SkipLink />
      <header class={styles.header}>
        <div class={styles.bar}>
          <A href="/" aria-label="Lightpress, home" class={styles.home} end>
            <Wordmark />
          </A>
          <nav aria-label="Main" class={styles.nav}>
            <A href="/pricing">Pricing</A>
            <a href="/docs" rel="external">
              API reference
            </a>
          </nav>
          <div class={styles.enter}>
            <Show
              when={readSession()}
              fallback={
                <>
                  <ButtonLink href="/sign-in" variant="quiet">
                    Sign in
                  </ButtonLink>
                  <ButtonLink href="/sign-up" variant="primary">
                    Sign up
                  </ButtonLink>
                </>
              }
            >
              <ButtonLink href="/dashboard">Dashboard</ButtonLink>
            </Show>
          </div>
        </div>
      </header>
      <Main class={styles.main}>{props.children}</Main>
      <footer class={styles.footer}>
        <div class={styles.bar}>
          <Wordmark />
          <nav aria-label="Footer" class={styles.nav}>
            <A href="/pricing">Pricing</A>
            <a href="/docs" rel="external">
              API reference
            </a>
            <Show when={readSession()} fallback={<A href="/sign-in">Sign in</A>}>
              <A href="/dashboard">Dashboard</A>
            </Show>
          </nav>
        </div>
      </footer>
    </div>
  )
}
