import { AppError, isAppError } from '@lightpress/protocol'

/** Asks the person to prove who they are. False when they would rather not. */
type Ask = () => Promise<boolean>

/**
 * Some operations want a recent proof of who it is (`request.step_up_required`). `confirmed` has it asked for and sends
 * once more; requests that are refused together ask together, and what was sent before a proof needs no other one.
 */
export function createStepUp(now: () => number = Date.now) {
  let asker: Ask | undefined
  let asked: Promise<boolean> | undefined
  let provedAt = -Infinity

  /** Whoever shows the question; returns its own undoing. */
  function onStepUp(ask: Ask): () => void {
    asker = ask
    return () => {
      if (asker === ask) asker = undefined
    }
  }

  async function confirmed<T>(send: () => Promise<T>): Promise<T> {
    const sentAt = now()
    try {
      return await send()
    } catch (error) {
      if (!isAppError(error) || error.reason !== 'request.step_up_required') throw error
      if (provedAt < sentAt) await prove(error)
      return send()
    }
  }

  async function prove(refusal: AppError) {
    // Nobody is there to ask, so the refusal stands as it is.
    if (!asker) throw refusal
    asked ??= asker().finally(() => (asked = undefined))
    if (!(await asked)) throw new AppError('forbidden', 'web.given_up', 'It was not confirmed.', { cause: refusal })
    provedAt = now()
  }

  return { confirmed, onStepUp }
}

export const { confirmed, onStepUp } = createStepUp()
