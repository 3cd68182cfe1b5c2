/** The lists and hashes that Stripe leaves out of these objects unless `expand` asks for them. */
const hidden = new Set(['coupon.applies_to', 'price.tiers'])

/** The same without what is hidden, however deep it lies; what needs no change is not copied. */
export function withoutHidden<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  return (Array.isArray(value) ? withoutIn(value) : withoutOf(value as Record<string, unknown>)) as Value
}

function withoutIn(items: readonly unknown[]): readonly unknown[] {
  const shown = items.map((item) => withoutHidden(item))
  return shown.some((item, at) => item !== items[at]) ? shown : items
}

function withoutOf(object: Record<string, unknown>): Record<string, unknown> {
  let shown = object
  for (const field in object) {
    const value = object[field]
    if (typeof value !== 'object' || value === null) continue
    const left = hidden.has(`${String(object.object)}.${field}`) ? undefined : withoutHidden(value)
    if (left === value) continue
    if (shown === object) shown = { ...object }
    if (left === undefined) delete shown[field]
    else shown[field] = left
  }
  return shown
}
