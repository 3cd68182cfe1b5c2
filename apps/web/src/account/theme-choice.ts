import { useAction } from '@solidjs/router'
import { setTheme, type Theme } from '../ui/theme.ts'
import { toastFailure } from '../ui/toast.ts'
import { updateMe } from './data.ts'

/** Shown at once, kept with the profile behind it, so that the next browser has it too. */
export function createThemeChoice(): (chosen: Theme) => Promise<void> {
  const update = useAction(updateMe)
  return async (chosen) => {
    setTheme(chosen)
    await update({ theme: chosen }).catch(toastFailure)
  }
}
