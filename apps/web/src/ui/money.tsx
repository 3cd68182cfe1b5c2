import type { Money as Amount } from '@lightpress/billing-contract/money'
import { formats } from './formats.ts'
import { formatMoney } from './format-money.ts'
import styles from './money.module.css'

/** A sum of money; `price` writes $12 for $12.00. */
export function Money(props: { of: Amount; price?: boolean }) {
  return <span class={styles.money}>{formatMoney(props.of, formats().locale, props.price ? 'price' : 'sum')}</span>
}
