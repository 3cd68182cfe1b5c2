import { Dialog } from '@kobalte/core/dialog'
import Search from 'lucide-solid/icons/search'
import { type Component, createMemo, createSignal, createUniqueId, For, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './command-palette.module.css'
import { type Command, findCommands } from './find-commands.ts'
import { createFocusReturn } from './return-focus.ts'

export interface PaletteCommand extends Command {
  icon: Component<{ size: number }>
  run: () => unknown
}

export interface CommandPaletteProps {
  onClose: () => void
  commands: readonly PaletteCommand[]
}

/**
 * A combobox over everything one can do from here: the focus stays in the field, the arrows move the choice. It is there
 * for as long as it is open: closed by state, it would wait for the end of an animation that may have begun unheard.
 */
export function CommandPalette(props: CommandPaletteProps) {
  const giveBack = createFocusReturn(() => true)
  return (
    <Dialog open onOpenChange={props.onClose}>
      <Dialog.Portal>
        <Dialog.Overlay class={styles.scrim} />
        <Dialog.Content class={styles.palette} onCloseAutoFocus={giveBack}>
          <Dialog.Title class="unseen">Go anywhere, do anything</Dialog.Title>
          <Finder commands={props.commands} close={() => props.onClose()} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog>
  )
}

function Finder(props: { commands: readonly PaletteCommand[]; close: () => void }) {
  const id = createUniqueId()
  const [typed, setTyped] = createSignal('')
  const [at, setAt] = createSignal(0)
  const found = createMemo(() => findCommands(props.commands, typed()))
  const idOf = (index: number) => `${id}-${index}`

  const move = (step: number) => {
    setAt((index) => (index + step + found().length) % Math.max(1, found().length))
    document.getElementById(idOf(at()))?.scrollIntoView({ block: 'nearest' })
  }
  const run = (command: PaletteCommand | undefined) => {
    if (!command) return
    props.close()
    void command.run()
  }
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => run(found()[at()]),
  }
  const press: JSX.EventHandler<HTMLInputElement, KeyboardEvent> = (event) => {
    if (event.isComposing || !keys[event.key]) return
    event.preventDefault()
    keys[event.key]?.()
  }

  return (
    <>
      <div class={styles.field}>
        <Search size={16} />
        <input
          // At once, and not when the dialog gets around to it: what is typed until then would go nowhere.
          ref={(field) => queueMicrotask(() => field.focus())}
          role="combobox"
          aria-label="Command"
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={found().length > 0 ? idOf(at()) : undefined}
          placeholder="Go to, switch, change…"
          autocomplete="off"
          spellcheck={false}
          onKeyDown={press}
          onInput={(event) => {
            setTyped(event.currentTarget.value)
            setAt(0)
          }}
        />
        <kbd>esc</kbd>
      </div>
      <ul id={id} role="listbox" aria-label="Commands" class={styles.list}>
        <For each={found()}>
          {(command, index) => (
            <>
              <Show when={found()[index() - 1]?.group !== command.group}>
                <li role="presentation" class={styles.group}>
                  {command.group}
                </li>
              </Show>
              <li
                id={idOf(index())}
                role="option"
                aria-selected={index() === at()}
                class={styles.option}
                onPointerMove={() => setAt(index())}
                onClick={() => run(command)}
              >
                <Dynamic component={command.icon} size={16} />
                {command.label}
              </li>
            </>
          )}
        </For>
      </ul>
      <p class={found().length > 0 ? 'unseen' : styles.nothing} role="status">
        {found().length > 0 ? `${found().length} commands` : `Nothing is called “${typed()}”.`}
      </p>
    </>
  )
}
