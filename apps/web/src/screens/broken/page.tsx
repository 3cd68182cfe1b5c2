import { revalidate } from '@solidjs/router'
import { newVersion } from '../../ui/connection.ts'
import { Button } from '../../ui/button.tsx'
import { Wordmark } from '../../ui/mark.tsx'
import { FailedState } from '../../ui/failed-state.tsx'
import { Show } from 'solid-js'
import styles from './page.module.css'

interface Broken {
  error: unknown
  reset: () => void
}

/** When nothing else could stand: the last net under every screen. */
export function BrokenPage(props: Broken) {
  return (
    <main class={styles.page}>
      <Wordmark />
      <BrokenPart {...props} />
    </main>
  )
}

/** A screen that broke inside its standing frame. */
export function BrokenPart(props: Broken) {
  return (
    <Show
      when={newVersion()}
      fallback={<FailedState error={props.error} retry={() => revalidate().then(() => props.reset())} />}
    >
      <div class={styles.updated}>
        <h1>Lightpress was updated</h1>
        <p>This page needs the new version. Nothing you typed is lost.</p>
        <Button variant="primary" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </Show>
  )
}
