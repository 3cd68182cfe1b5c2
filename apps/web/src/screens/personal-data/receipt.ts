import { keepDraft, readDraft } from '../../ui/drafts.ts'

const key = { form: 'receipt' }

/** Kept for this tab: whoever loads the page again still reads where the receipt goes. */
export function expectReceipt(email: string) {
  keepDraft(key, { email })
}

export function expectedReceipt(): string | undefined {
  return readDraft(key).email
}
