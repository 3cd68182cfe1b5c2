import type { Scope } from '@lightpress/auth-contract'
import { ranksAtLeast } from '@lightpress/protocol'
import { For, Show } from 'solid-js'
import { CheckField } from '../../ui/check-field.tsx'
import { checkedOf, checkName, ChecksField } from '../../ui/checks-field.tsx'
import type { Values } from '../../ui/form.tsx'
import { groupScopes, scopeTitle } from './scope-groups.ts'
import styles from './scope-field.module.css'

export type Role = Scope['role']

const field = 'scopes'

/** The scopes that are ticked, by what the form has. */
export function chosenScopes(values: Values): string[] {
  return checkedOf(values, field)
}

/** What the key may do, in sentences; one at least. */
export function ScopeField(props: { scopes: readonly Scope[]; role: Role }) {
  const groups = () => groupScopes(props.scopes).map(({ title, scopes }) => ({ title, items: scopes }))
  return (
    <ChecksField name={field} label="What it may do" groups={groups()} missing="Choose what it may do, one at least.">
      {(scope) => <ScopeChoice scope={scope} allowed={ranksAtLeast(props.role, scope.role)} />}
    </ChecksField>
  )
}

function ScopeChoice(props: { scope: Scope; allowed: boolean }) {
  return (
    <CheckField
      name={checkName(field, props.scope.name)}
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
