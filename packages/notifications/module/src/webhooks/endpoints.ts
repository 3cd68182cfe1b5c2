import { AppError } from '@lightpress/protocol'

// Not written yet.
function missing(): never {
  throw new AppError('unavailable', 'notifications.not_written', 'This is not written yet.')
}

export async function listWebhookEndpoints(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}

export async function createWebhookEndpoint(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}

export async function getWebhookEndpoint(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}

export async function updateWebhookEndpoint(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}

export async function deleteWebhookEndpoint(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}

export async function rotateWebhookSecret(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}

export async function testWebhookEndpoint(_input: unknown, _ctx: unknown): Promise<never> {
  return missing()
}
