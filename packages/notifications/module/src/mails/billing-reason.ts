import type { Locale } from '../formats.ts'

/** Why somebody gets a mail about money. */
export function billingReason(organization: string, locale: Locale): string {
  return reasons[locale](organization)
}

const reasons: Record<Locale, (organization: string) => string> = {
  en: (organization) => `You get this mail because you look after the billing of ${organization}.`,
  de: (organization) => `Sie erhalten diese Mail, weil Sie sich um die Abrechnung von ${organization} kümmern.`,
  fr: (organization) => `Vous recevez ce message parce que vous gérez la facturation de ${organization}.`,
}
