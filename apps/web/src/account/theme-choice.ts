import { useAction } from '@solidjs/router'
import { setTheme, type Theme } from '../ui/theme.ts'
import { toastFailure } from '../ui/toast.ts'
import { updateMe } from './data.ts'
import { createLookOnly } from './look-only.tsx'

/**
 * Shown at once, kept with the profile behind it, so that the next browser has it too. Whoever acts as somebody chooses
 * for this browser only.
 */
export function createThemeChoice(): (chosen: Theme) => Promise<void> {
  const update = useAction(updateMe)
  const lookOnly = createLookOnly()
  return async (chosen) => {
    setTheme(chosen)
    if (!lookOnly()) await update({ theme: chosen }).catch(toastFailure)
  }
}
