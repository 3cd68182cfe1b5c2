import { createSignal, onCleanup, Show, Suspense } from 'solid-js'
import { onStepUp } from '../../api/step-up.ts'
import { screen } from '../../screen.ts'

const StepUpDialog = screen(() => import('../../step-up/dialog.tsx'), 'StepUpDialog')

/** Where a request that wants a recent proof finds somebody to ask. */
export function StepUp() {
  const [answer, setAnswer] = createSignal<(proved: boolean) => void>()
  // Where it cannot be loaded nobody can answer: whoever asked is told that, instead of waiting.
  const ask = async () => {
    await StepUpDialog.preload()
    return new Promise<boolean>((resolve) => setAnswer(() => resolve))
  }
  onCleanup(onStepUp(ask))
  // Whoever leaves the product has answered, too.
  onCleanup(() => answer()?.(false))
  return (
    <Suspense>
      <Show when={answer()} keyed>
        {(give) => (
          <StepUpDialog
            onAnswer={(proved) => {
              setAnswer(undefined)
              give(proved)
            }}
          />
        )}
      </Show>
    </Suspense>
  )
}
