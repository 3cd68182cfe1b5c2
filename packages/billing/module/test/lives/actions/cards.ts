/** As people type them. */
export const cards = {
  good: '4242 4242 4242 4242',
  /** Can be saved, and pays nothing. */
  empty: '4000 0000 0000 0341',
  /** Cannot be saved. */
  declined: '4000 0000 0000 0002',
}
