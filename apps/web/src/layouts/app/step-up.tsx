import { createSignal, lazy, onCleanup, Show, Suspense } from 'solid-js'
import { onStepUp } from '../../api/step-up.ts'

const StepUpDialog = lazy(async () => ({ default: (await import('../../step-up/dialog.tsx')).StepUpDialog }))

/** Where a request that wants a recent proof finds somebody to ask. */
export function StepUp() {
  const [answer, setAnswer] = createSignal<(proved: boolean) => void>()
  const ask = () => new Promise<boolean>((resolve) => setAnswer(() => resolve))
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
