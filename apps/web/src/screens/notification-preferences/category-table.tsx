import Lock from 'lucide-solid/icons/lock'
import { For, Show } from 'solid-js'
import { type Category, categoryWords } from '../../account/categories.ts'
import { SegmentedField } from '../../ui/segmented-field.tsx'
import { SwitchField } from '../../ui/switch-field.tsx'
import styles from './category-table.module.css'
import { type Choice, emailModes, fields } from './values.ts'

/** What there is news of, and beside it where it goes. */
export function CategoryTable(props: {
  choices: readonly Choice[]
  onEmail: (category: Category, mode: Choice['email']) => void
}) {
  return (
    <div class={styles.table}>
      <div class={styles.head} aria-hidden="true">
        <span>Inbox</span>
        <span>E-mail</span>
      </div>
      <For each={props.choices}>
        {(choice) => (
          <div class={styles.row} role="group" aria-label={categoryWords[choice.category].label}>
            <div class={styles.words}>
              <h3>{categoryWords[choice.category].label}</h3>
              <p>{categoryWords[choice.category].contains}</p>
            </div>
            <Show when={!choice.locked} fallback={<Locked />}>
              <div class={styles.inbox}>
                <SwitchField
                  name={fields.channel(choice.category, 'inbox')}
                  label="Inbox"
                  on={choice.inbox === 'instant'}
                />
              </div>
              <div class={styles.email}>
                <SegmentedField
                  name={fields.channel(choice.category, 'email')}
                  label="E-mail"
                  value={choice.email}
                  options={emailModes}
                  onChange={(mode) => props.onEmail(choice.category, mode)}
                />
              </div>
            </Show>
          </div>
        )}
      </For>
    </div>
  )
}

function Locked() {
  return (
    <div class={styles.locked}>
      <Lock size={16} />
      <p>
        <strong>Always, in both.</strong> It is how you learn that somebody else is in your account.
      </p>
    </div>
  )
}
