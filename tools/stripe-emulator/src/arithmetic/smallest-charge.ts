/** Minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const smallest: Record<string, number> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  cop: 200_000,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
}

/** The least that can be charged; of other currencies the least there is. */
export function smallestCharge(currency: string): number {
  return smallest[currency] ?? 1
}

/** "Up to eight digits": https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
export const largestCharge = 99_999_999
