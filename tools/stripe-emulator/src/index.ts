export { createControl, type Control } from './control/client.ts'
export type { ChaosRule, NewChaosRule } from './control/chaos-rules.ts'
export type { SettingsChange, VisibleSettings } from './control/settings.ts'
export { createStripeEmulator, type StripeEmulator, type StripeEmulatorOptions } from './emulator.ts'
