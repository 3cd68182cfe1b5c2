import { For } from 'solid-js'
import type { Theme } from '../../ui/theme.ts'
import styles from './theme-picker.module.css'

const choices: { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

/** Each choice is a small picture of itself. */
export function ThemePicker(props: { value: Theme; onChange: (theme: Theme) => void }) {
  return (
    <fieldset class={styles.picker}>
      <legend>Theme</legend>
      <div class={styles.choices}>
        <For each={choices}>
          {(choice) => (
            <label class={styles.choice}>
              <input
                type="radio"
                name="theme"
                value={choice.value}
                class="unseen"
                checked={props.value === choice.value}
                onChange={() => props.onChange(choice.value)}
              />
              <span class={styles.picture} data-picture={choice.value} aria-hidden="true">
                <span />
                <span />
              </span>
              {choice.label}
            </label>
          )}
        </For>
      </div>
    </fieldset>
  )
}
