import { type Accessor, createEffect, onCleanup } from 'solid-js'
import { onNotification } from '../../account/live.ts'
import { whileVisible } from '../../live/while-visible.ts'

const everyThreeSeconds = 3_000

/** While one is being put together and somebody looks on, it is asked how it stands; a notice cuts the wait short. */
export function followExports(preparing: Accessor<boolean>, again: () => Promise<void>) {
  const look = () => void again().catch(() => undefined)
  createEffect(() => {
    if (!preparing()) return
    onCleanup(whileVisible(everyThreeSeconds, look))
    onCleanup(onNotification(look))
  })
}
