import { testEnvironment } from '@lightpress/testing'

/** What every service reads, as production has it; vendors are named and never called. */
export function productEnvironment(databaseUrl: string): Record<string, string> {
  return {
    ...testEnvironment(databaseUrl),
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    STRIPE_SECRET_KEY: 'sk_test_nobody',
    STRIPE_WEBHOOK_SECRET: 'whsec_nobody',
    RESEND_API_KEY: 're_nobody',
    RESEND_WEBHOOK_SECRET: 'whsec_bm9ib2R5',
    EMAIL_FROM: 'Lightpress <hello@example.com>',
  }
}
