import type { notifications as Notifications } from '@lightpress/notifications-contract'
import type { Input } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'

export const getPreferences = read('preferences', () => notifications.getPreferences({}))

export const savePreferences = action(
  async (changes: Input<(typeof Notifications)['operations']['updatePreferences']>) =>
    json(await notifications.updatePreferences(changes), { revalidate: getPreferences.key }),
  'save-preferences',
)

export const restoreAddress = action(
  async () => json(await notifications.restoreAddress({}), { revalidate: getPreferences.key }),
  'restore-address',
)
