import type { PlanId } from '@lightpress/billing-contract'
import type { Locale } from './formats.ts'

// What stands in the inbox, in three languages. Pure: no I/O and no clock.

export interface Text {
  title: string
  body: string
}

/** Names, not words: the same in every language. */
export const planNames: Record<PlanId, string> = { free: 'Free', pro: 'Pro', business: 'Business' }

export function welcome(locale: Locale): Text {
  return welcomes[locale]
}

const welcomes: Record<Locale, Text> = {
  en: {
    title: 'Welcome to Lightpress',
    body: 'Your workspace is ready. Here you will find what happens in it.',
  },
  de: {
    title: 'Willkommen bei Lightpress',
    body: 'Ihr Arbeitsbereich ist bereit. Hier finden Sie, was darin geschieht.',
  },
  fr: {
    title: 'Bienvenue sur Lightpress',
    body: 'Votre espace de travail est prêt. Vous trouverez ici ce qui s’y passe.',
  },
}
