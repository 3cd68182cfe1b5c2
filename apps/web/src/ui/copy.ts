import { toast } from './toast.ts'

/** Puts it where it can be pasted from, and says so. */
export async function copyText(text: string, said: string) {
  try {
    await navigator.clipboard.writeText(text)
    toast({ title: said })
  } catch {
    toast({ title: 'The browser did not let us copy it', detail: 'Mark it and copy it by hand.', tone: 'danger' })
  }
}
