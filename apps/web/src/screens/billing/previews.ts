import type { ChangePreview, PlanChange } from '@lightpress/billing-contract'

/** What is known of what the choice would cost. A choice is shown its own preview, or none. */
export type Looked =
  | { state: 'same' }
  | { state: 'looking' }
  | { state: 'known'; choice: PlanChange; preview: ChangePreview }
  | { state: 'failed'; error: unknown }

export interface PreviewsOptions {
  ask: (choice: PlanChange, signal: AbortSignal) => Promise<ChangePreview>
  show: (looked: Looked) => void
  /** Milliseconds for which somebody may go on choosing before it is asked. */
  patience?: number
}

/**
 * Asks what each choice would cost. With a new choice the preview of the one before is gone at once, and an answer that
 * comes for it later is nobody's.
 */
export function createPreviews({ ask, show, patience = 250 }: PreviewsOptions) {
  let asked = new AbortController()

  /** Undefined where the choice is what is there already. */
  function look(choice: PlanChange | undefined): void {
    stop()
    if (!choice) return show({ state: 'same' })
    show({ state: 'looking' })
    asked = new AbortController()
    void answer(choice, asked.signal)
  }

  async function answer(choice: PlanChange, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, patience))
    if (signal.aborted) return
    const looked = await ask(choice, signal).then(
      (preview): Looked => ({ state: 'known', choice, preview }),
      (error: unknown): Looked => ({ state: 'failed', error }),
    )
    if (!signal.aborted) show(looked)
  }

  function stop(): void {
    asked.abort()
  }

  return { look, stop }
}
