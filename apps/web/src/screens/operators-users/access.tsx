import { createSignal, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast, toastFailure } from '../../ui/toast.ts'
import type { State } from './states.ts'

export interface AccessProps {
  name: string
  state: State
  /** What suspending does, before it is done. */
  warning: string
  suspend: () => Promise<unknown>
  restore: () => Promise<unknown>
}

/** Suspends, after a question, since it interrupts people at once; restores, with a way back. */
export function Access(props: AccessProps) {
  const [asking, setAsking] = createSignal(false)
  const suspend = async () => {
    await props.suspend()
    toast({ title: `${props.name} is suspended`, detail: 'It holds everywhere within a second.' })
  }
  const restore = async () => {
    await props.restore()
    toast({ title: `${props.name} is restored`, undo: () => void props.suspend().catch(toastFailure) })
  }
  return (
    <>
      <Show when={props.state === 'active'}>
        <Button onClick={() => setAsking(true)}>Suspend…</Button>
      </Show>
      <Show when={props.state === 'suspended'}>
        <Button variant="primary" action={restore}>
          Restore
        </Button>
      </Show>
      <Show when={asking()}>
        <ConfirmDialog title={`Suspend ${props.name}?`} action="Suspend" run={suspend} onClose={() => setAsking(false)}>
          {props.warning}
        </ConfirmDialog>
      </Show>
    </>
  )
}
