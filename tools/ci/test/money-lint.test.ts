import { join } from 'node:path'
import { ESLint, Linter, type Linter as Rules } from 'eslint'
import ts from 'typescript-eslint'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const product = [
  'packages/billing/module/src/plans.ts',
  'packages/billing/module/src/stripe/readings.ts',
  'packages/notifications/module/src/formats.ts',
  'packages/kernel/src/config.ts',
  'apps/web/src/plans/prices.ts',
  'apps/web/src/ui/money.tsx',
]

const rule = 'no-restricted-syntax'
const options = new Map<string, Rules.RuleEntry>()

beforeAll(async () => {
  const eslint = new ESLint({ cwd: root })
  for (const file of [...product, 'packages/billing/contract/src/money.ts']) {
    const { rules } = (await eslint.calculateConfigForFile(join(root, file))) as {
      rules: Record<string, Rules.RuleEntry>
    }
    options.set(file, rules[rule] as Rules.RuleEntry)
  }
})

/** What the rule says in a file, if this stood in it. */
function complaints(file: string, code: string): string[] {
  const languageOptions = { parser: ts.parser as Rules.Parser }
  const found = new Linter().verify(
    code,
    [{ files: ['**'], languageOptions, rules: { [rule]: options.get(file) as Rules.RuleEntry } }],
    'a.ts',
  )
  return found.map(({ message }) => message)
}

describe('arithmetic on money', () => {
  it.each(product)('is refused in %s, and the functions for it are named', (file) => {
    const [complaint, ...others] = complaints(file, 'export const half = price.amount / 2')
    expect(complaint).toContain('@lightpress/billing-contract/money: plus, minus, times')
    expect(others).toEqual([])
  })

  it.each([
    'price.amount * 0.8',
    '100 * price.amount',
    'price.amount % 100',
    'a.amount + b.amount',
    'a.amount - 1',
    'price.amount ** 2',
    'invoice.amountDue - paid',
    'row.unitAmount * seats',
    'coupon.amountOff / 100',
    'invoice.total - invoice.refunded',
    'price?.amount * 2',
    'price!.amount * 2',
    'price.amount! * 2',
    '(price.amount as number) * 2',
    '-price.amount',
    'amount / 100',
    'sum + refunded',
    'price.amount += 1',
    'sum += price.amount',
    'price.amount *= 2',
    'price.amount++',
  ])('is seen as %s', (expression) => {
    expect(new Set(complaints(product[0] as string, expression)).size).toBe(1)
  })

  it.each([
    'price.amount > 0',
    'a.amount === b.amount',
    '`${price.amount}`',
    'times(price, 12).amount',
    'money(price.amount, price.currency)',
    'total + 1',
    'items.length * 2',
  ])('is not %s', (expression) => {
    expect(complaints(product[0] as string, expression)).toEqual([])
  })

  it('is done in the one file that is for it', () => {
    const file = 'packages/billing/contract/src/money.ts'
    expect(complaints(file, 'price.amount * 2')).toEqual([])
    expect(complaints(file, 'export default 1')).toHaveLength(1)
  })

  it('takes no other restriction away', () => {
    for (const file of product.filter((name) => !name.includes('kernel')))
      expect(complaints(file, 'db.transaction(fn); process.env.HOME')).toHaveLength(2)
  })
})
