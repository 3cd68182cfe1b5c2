import type { Scope } from '@lightpress/auth-contract'
import { ranksAtLeast } from '@lightpress/protocol'
import { createUniqueId, For, Show } from 'solid-js'
import { CheckField } from '../../ui/check-field.tsx'
import { useForm, type Values } from '../../ui/form.tsx'
import { groupScopes, scopeTitle } from './scope-groups.ts'
import styles from './scope-field.module.css'

export type Role = Scope['role']

const prefix = 'scope '

/** The scopes that are ticked, by what the form has. */
export function chosenScopes(values: Values): string[] {
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
}

/** What the key may do, in sentences; one at least. */
export function ScopeField(props: { scopes: readonly Scope[]; role: Role }) {
  const form = useForm()
  const id = createUniqueId()
  const error = () => form.error('scopes')
  form.register('scopes', (_, values) =>
    chosenScopes(values).length > 0 ? undefined : 'Choose what it may do, one at least.',
  )
  return (
    <fieldset class={styles.field} aria-describedby={`${id}-error`}>
      <legend class={styles.legend}>What it may do</legend>
      <div id={`${id}-error`} class={styles.error}>
        {error()}
      </div>
      <For each={groupScopes(props.scopes)}>
        {(group) => (
          <div class={styles.group} role="group" aria-label={group.title}>
            <For each={group.scopes}>
              {(scope) => <ScopeChoice scope={scope} allowed={ranksAtLeast(props.role, scope.role)} />}
            </For>
          </div>
        )}
      </For>
    </fieldset>
  )
}

function ScopeChoice(props: { scope: Scope; allowed: boolean }) {
  return (
    <CheckField
      name={prefix + props.scope.name}
      disabled={!props.allowed}
      label={
        <>
          {scopeTitle(props.scope)} <code class={styles.name}>{props.scope.name}</code>
        </>
      }
      help={
        <>
          <Show when={!props.allowed}>
            <p>Only an {props.scope.role} can give this.</p>
          </Show>
          <ul class={styles.opens}>
            <For each={props.scope.operations}>
              {({ method, path }) => (
                <li>
                  <code>
                    {method} {path}
                  </code>
                </li>
              )}
            </For>
          </ul>
        </>
      }
    />
  )
}
