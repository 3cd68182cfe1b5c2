import ArrowRight from 'lucide-solid/icons/arrow-right'
import { For } from 'solid-js'
import styles from './split.module.css'

const names = ['auth', 'users', 'billing', 'notifications']

/** The same four modules, once in one box and once in four. */
export function Split() {
  return (
    <div class={styles.split}>
      <figure>
        <div class={styles.process}>
          <For each={names}>{(name) => <span>{name}</span>}</For>
        </div>
        <figcaption>One process, on a laptop or a small server</figcaption>
      </figure>
      <ArrowRight size={20} />
      <figure>
        <div class={styles.services}>
          <For each={names}>
            {(name) => (
              <div class={styles.process}>
                <span>{name}</span>
              </div>
            )}
          </For>
        </div>
        <figcaption>A service each, scaled and deployed apart</figcaption>
      </figure>
    </div>
  )
}
