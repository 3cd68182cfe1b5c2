export { readMails, startMailbox } from './mailbox.ts'
export type { Mail, Mailbox, MailboxOptions } from './mailbox.ts'
