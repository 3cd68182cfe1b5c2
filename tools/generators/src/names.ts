/** One module's name in all the forms that its files and its neighbours' have it in. */
export interface Names {
  /** `invoices`: the module, its schema, its path */
  name: string
  /** `Invoices` */
  Plural: string
  /** `INVOICES`: of its variables */
  UPPER: string
  /** `invoice` */
  singular: string
  /** `Invoice` */
  Singular: string
  /** `an`, and `An` */
  article: string
  Article: string
}

/**
 * The forms of a name, or an error that says what is wrong with it. A module's name is its PostgreSQL schema, the beginning
 * of its variables (`INVOICES_URL`), of its events and scopes, and a name in code: one lowercase word is good for all of them.
 */
export function parseNames({ name, singular }: { name: string; singular?: string }): Names {
  if (!WORD.test(name))
    throw new Error(`"${name}" is no name for a module: it takes one lowercase word of 3 to 30 letters, like invoices.`)
  if (KEPT.includes(name)) throw new Error(`"${name}" is taken by what surrounds the modules. Give it another name.`)
  const one = singular ?? singularOf(name)
  if (one === undefined)
    throw new Error(
      `"${name}" is no plural that ends in s. Say what one of them is called: --singular=criterion for criteria.`,
    )
  if (!WORD.test(one))
    throw new Error(`"${one}" is no name for one of them: it takes one lowercase word of 3 to 30 letters.`)
  if (one === name) throw new Error(`"${name}" cannot be one and many. Take the plural as the module's name.`)
  // By the sound: a unit, an hour.
  const article = /^(?!uni|use|eu)[aeiou]|^hour/.test(one) ? 'an' : 'a'
  return {
    name,
    Plural: capital(name),
    UPPER: name.toUpperCase(),
    singular: one,
    Singular: capital(one),
    article,
    Article: capital(article),
  }
}

const WORD = /^[a-z]{3,30}$/

/**
 * Variables of every process that read like a module's (`PUBLIC_URL`, `DATABASE_URL`), words of the paths that belong to no
 * module, and schemas that are PostgreSQL's or the queue's.
 */
const KEPT = [
  ...['public', 'queue', 'storage', 'database', 'internal', 'redis', 'postgres'],
  ...['admin', 'docs', 'health', 'openapi', 'api', 'web'],
  ...['bullmq', 'references', 'values'],
]

/** By the rules of the English plural that have no exceptions worth naming; undefined where none applies. */
function singularOf(name: string): string | undefined {
  if (/[^aeiou]ies$/.test(name)) return name.replace(/ies$/, 'y')
  if (/(ss|x|ch|sh)es$/.test(name)) return name.replace(/es$/, '')
  return /[^su]s$/.test(name) ? name.replace(/s$/, '') : undefined
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}
