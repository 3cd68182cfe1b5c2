import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import Check from 'lucide-solid/icons/check'
import { type Component, For, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './menu.module.css'

interface Icon {
  icon?: Component<{ size: number }>
}

export interface MenuProps {
  /** Said after what the trigger shows: what it is for. */
  label: string
  /** The trigger's. */
  class?: string | undefined
  title?: string
  /** What the trigger shows. */
  trigger: JSX.Element
  /** Takes the trigger's width. */
  fit?: boolean
  children: JSX.Element
}

export function Menu(props: MenuProps) {
  return (
    <DropdownMenu modal={false} placement="bottom-start" gutter={6} sameWidth={props.fit ?? false}>
      <DropdownMenu.Trigger class={`${styles.trigger} ${props.class ?? ''}`} title={props.title}>
        {props.trigger}
        <span class="unseen">{props.label}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content class={styles.menu}>{props.children}</DropdownMenu.Content>
    </DropdownMenu>
  )
}

export function MenuItem(props: Icon & { onSelect: () => void; children: JSX.Element }) {
  return (
    <DropdownMenu.Item class={styles.item} onSelect={props.onSelect}>
      <Show when={props.icon}>{(icon) => <Dynamic component={icon()} size={16} />}</Show>
      {props.children}
    </DropdownMenu.Item>
  )
}

export interface Choice<T extends string> extends Icon {
  value: T
  label: string
  /** In place of the icon. */
  picture?: JSX.Element
  /** Beside the label. */
  note?: JSX.Element
  disabled?: boolean
}

/** One of a few; a tick stands at the one that is. */
export function MenuChoice<T extends string>(props: {
  label: string
  value: T
  choices: readonly Choice<T>[]
  onChange: (value: T) => void
}) {
  return (
    <DropdownMenu.Group>
      <DropdownMenu.GroupLabel class={styles.label}>{props.label}</DropdownMenu.GroupLabel>
      <DropdownMenu.RadioGroup value={props.value} onChange={(value) => props.onChange(value)}>
        <For each={props.choices}>
          {(choice) => (
            <DropdownMenu.RadioItem class={styles.item} value={choice.value} disabled={choice.disabled ?? false}>
              {choice.picture}
              <Show when={choice.icon}>{(icon) => <Dynamic component={icon()} size={16} />}</Show>
              <bdi class={styles.text}>{choice.label}</bdi>
              {choice.note}
              <DropdownMenu.ItemIndicator>
                <Check size={16} />
              </DropdownMenu.ItemIndicator>
            </DropdownMenu.RadioItem>
          )}
        </For>
      </DropdownMenu.RadioGroup>
    </DropdownMenu.Group>
  )
}

export function MenuLine() {
  return <DropdownMenu.Separator class={styles.line} />
}
