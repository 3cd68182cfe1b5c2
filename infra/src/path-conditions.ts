import { prefixesOf, type Service } from './catalogue.ts'

/** The most characters that a load balancer takes in one expression. */
const LONGEST = 128

/** The most values that one rule may have in all its conditions (a quota of AWS that cannot be raised). */
const MOST_VALUES = 5

/** Values that a rule has besides paths: the header of tests, and the word of our distribution. */
const BESIDES = 2

/**
 * The paths of a service as one condition: its prefixes, and what lies below them. ECS moves traffic by a single rule,
 * and a rule takes five values, so that siblings share an expression.
 */
export function pathConditions(service: Service): { pathPattern: { regexValues: string[] } }[] {
  const regexValues = pathExpressions(prefixesOf(service))
  if (regexValues.length > MOST_VALUES - BESIDES)
    throw new Error(
      `The paths of ${service.module} need ${regexValues.length} expressions, and a listener rule has room for ` +
        `${MOST_VALUES - BESIDES}. Give the module fewer prefixes, or shorter ones.`,
    )
  return [{ pathPattern: { regexValues } }]
}

/** `/v1/admin/users`, `/v1/admin/organizations` → `^/v1/admin/(organizations|users)(/.*)?$` */
export function pathExpressions(prefixes: readonly string[]): string[] {
  const siblings = Map.groupBy(prefixes, (prefix) => prefix.slice(0, prefix.lastIndexOf('/')))
  return [...siblings].flatMap(([folder, paths]) =>
    fit(
      folder,
      paths.map((path) => path.slice(folder.length + 1)),
    ),
  )
}

/** As few expressions as the names fit into. */
function fit(folder: string, names: readonly string[]): string[] {
  const whole = expression(folder, names)
  if (whole.length <= LONGEST) return [whole]
  if (names.length === 1) throw new Error(`The path ${folder}/${String(names[0])} is too long for a listener rule.`)
  const middle = Math.ceil(names.length / 2)
  return [...fit(folder, names.slice(0, middle)), ...fit(folder, names.slice(middle))]
}

function expression(folder: string, names: readonly string[]): string {
  return `^${escape(folder)}/(${names.map(escape).join('|')})(/.*)?$`
}

function escape(text: string): string {
  return text.replaceAll('.', '\\.')
}
