import type { notifications as Notifications } from '@lightpress/notifications-contract'
import type { Input } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { getMe } from '../../account/data.ts'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { warm } from '../../api/warm.ts'

export const getPreferences = read('preferences', () => notifications.getPreferences({}))

export function preloadPreferences() {
  warm(getPreferences(), getMe())
}

export const savePreferences = action(
  async (changes: Input<(typeof Notifications)['operations']['updatePreferences']>) =>
    json(await notifications.updatePreferences(changes), { revalidate: getPreferences.key }),
  'save-preferences',
)

export const restoreAddress = action(
  async () => json(await notifications.restoreAddress({}), { revalidate: getPreferences.key }),
  'restore-address',
)
