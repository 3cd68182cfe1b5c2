export { readMails, startMailbox } from './mailbox.ts'
export type { Fate, WebhookTarget } from './webhooks.ts'
export type { Mail, Mailbox, MailboxOptions } from './mailbox.ts'
