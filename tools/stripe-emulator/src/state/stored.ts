import type Stripe from 'stripe'

/**
 * How one of the SDK's types lies in the store and travels over the wire: an expandable field holds the id alone
 * (`expand[]` fills it in later), a Decimal is a string, an open enum is closed to the values the SDK lists.
 */
export type Stored<T> = T extends Stripe.Decimal
  ? string
  : T extends readonly (infer Item)[]
    ? Field<Item>[]
    : T extends object
      ? { [Key in keyof T]: Field<T[Key]> }
      : T

type Field<T> = string extends T ? Exclude<T, object> : Stored<T>
