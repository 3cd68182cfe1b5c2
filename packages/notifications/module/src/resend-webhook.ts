import { AppError } from '@lightpress/protocol'

// Not written yet.
function missing(): never {
  throw new AppError('unavailable', 'notifications.not_written', 'This is not written yet.')
}

export async function resendWebhook(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}
