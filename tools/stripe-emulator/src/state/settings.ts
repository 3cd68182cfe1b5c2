import type { Settings, State } from './state.ts'

/** The account's settings; Stripe's own defaults where nothing else was set. */
export function settingsOf({ settings }: Pick<State, 'settings'>): Settings {
  const known = settings.get('account')
  if (known) return known
  const fresh = defaults()
  settings.set('account', fresh)
  return fresh
}

/** Adds what a file of before did not know. */
export function completeSettings({ settings }: Pick<State, 'settings'>): void {
  const known = settings.get('account')
  if (known) settings.set('account', { ...defaults(), ...known })
}

function defaults(): Settings {
  return {
    clockOffset: 0,
    frozenAt: null,
    reached: 0,
    retries: { days: [3, 5, 7], then: 'cancel' },
    upcomingDays: 7,
    rateLimit: null,
    webhookPace: 300,
    webhookConcurrency: 1,
  }
}
