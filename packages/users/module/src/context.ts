import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import type { ModuleContext } from '@lightpress/kernel'
import { notifications } from '@lightpress/notifications-contract'
import { users } from '@lightpress/users-contract'
import type { Config } from './config.ts'
import { deriveKey, type DerivedKey } from './derived-key.ts'
import { createStorage } from './storage/create-storage.ts'
import type { Storage } from './storage/storage.ts'

export type Ops = (typeof users)['operations']

/**
 * Every module there is: each holds something about people, and users asks each to hand it over and to erase it, itself
 * included. In the order in which they erase: users last, because it is the one that asks.
 */
export const needs = { notifications, billing, auth, users }

export type ModuleName = keyof typeof needs
export const modules = Object.keys(needs) as ModuleName[]

interface Own {
  storage: Storage
  /** What makes the links of invitations good. */
  linkKey: DerivedKey
  /** Under which it is counted who was sent how many of them. */
  sendingKey: DerivedKey
}

export type UsersContext = ModuleContext<typeof needs, Config> & Own

export function setup({ config: { STORAGE_URL, SECRETS_ENCRYPTION_KEY } }: { config: Config }): Own {
  return {
    storage: createStorage(STORAGE_URL, SECRETS_ENCRYPTION_KEY),
    linkKey: deriveKey(SECRETS_ENCRYPTION_KEY, 'invitation-token'),
    sendingKey: deriveKey(SECRETS_ENCRYPTION_KEY, 'sending'),
  }
}
