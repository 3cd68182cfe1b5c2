import { createSignal } from 'solid-js'
import { explain, isGivenUp } from './failure.ts'

export interface Toast {
  title: string
  detail?: string
  tone?: 'success' | 'danger'
  /** What can be taken back is not asked about beforehand; it is offered here. */
  undo?: () => void
}

const [toasts, setToasts] = createSignal<(Toast & { id: number })[]>([])
let last = 0

export { toasts }

/** Says what happened, for six seconds; what went wrong stays until it is dismissed. */
export function toast(said: Toast) {
  const id = ++last
  setToasts((others) => [...others.slice(-2), { ...said, id }])
  if (said.tone !== 'danger') setTimeout(() => dismiss(id), 6000)
}

export function toastFailure(error: unknown) {
  if (isGivenUp(error)) return
  const { title, advice } = explain(error)
  toast({ title, detail: advice, tone: 'danger' })
}

export function dismiss(id: number) {
  setToasts((all) => all.filter((item) => item.id !== id))
}
