import { z } from 'zod'
import type { Settings } from '../state/state.ts'

/** The settings that may be changed from outside; the clock has its own way. */
export type VisibleSettings = Omit<Settings, 'clockOffset' | 'frozenAt' | 'reached'>

const rate = z.number().min(1).max(1_000_000)

export const settingsChange = z.strictObject({
  retries: z
    .strictObject({
      days: z.array(z.int().min(1).max(60)).max(8),
      then: z.enum(['cancel', 'mark_unpaid', 'leave_past_due']),
    })
    .optional(),
  upcomingDays: z.int().min(0).max(60).optional(),
  rateLimit: rate.nullable().optional(),
  webhookPace: rate.optional(),
  webhookConcurrency: z.int().min(1).max(100).optional(),
})

export type SettingsChange = z.input<typeof settingsChange>
