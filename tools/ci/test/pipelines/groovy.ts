/** A value of the Jenkinsfile's Groovy: no code, only what a declarative pipeline says. */
export type Value = string | number | boolean | Reference | Value[] | Statement

/** `scm.branches`, `env.NAME`: what Jenkins fills in. */
export interface Reference {
  path: string
}

/** `name`, `name 'value'`, `name(key: 'value')`, `name = 'value'`, each with or without a block. */
export interface Statement {
  name: string
  line: number
  args: Value[]
  named: Record<string, Value>
  block?: Statement[]
}

interface Token {
  kind: 'word' | 'text' | 'number' | 'sign' | 'end'
  text: string
  line: number
}

/**
 * Reads the part of Groovy that a declarative Jenkinsfile needs, and refuses the rest: no `def`, no `script`, no `if`,
 * no text that is put together. What cannot be read here is too much for a thin pipeline.
 */
export function parseGroovy(source: string): Statement[] {
  return new Reader(tokenize(source)).statements('')
}

function tokenize(source: string): Token[] {
  const pattern =
    /(?<space>[ \t]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<end>\n|;)|(?<text>'''[\s\S]*?'''|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|(?<number>\d+)|(?<word>[A-Za-z_][\w.]*)|(?<sign>[()[\]{},:=+])/gy
  const tokens: Token[] = []
  let [line, at] = [1, 0]
  for (const match of source.matchAll(pattern)) {
    const { space, end, text, number, word } = match.groups ?? {}
    if (text?.startsWith('"') && text.includes('$'))
      throw new SyntaxError(
        `Line ${line}: ${text} would be filled in by Groovy; let the shell do it, in single quotes.`,
      )
    const kind = end ? 'end' : text ? 'text' : number ? 'number' : word ? 'word' : 'sign'
    if (space === undefined) tokens.push({ kind, text: match[0], line })
    line += match[0].split('\n').length - 1
    at = match.index + match[0].length
  }
  if (at < source.length)
    throw new SyntaxError(`Line ${line}: "${source.slice(at, at + 20)}" is no part of a thin Jenkinsfile.`)
  return tokens
}

class Reader {
  readonly #tokens: Token[]
  #at = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  statements(until: string): Statement[] {
    const all: Statement[] = []
    for (;;) {
      while (this.#peek()?.kind === 'end') this.#at++
      const next = this.#peek()
      if ((next?.text ?? '') === until && next?.kind !== 'text') return all
      if (!next) throw new SyntaxError(`The file ends where "${until}" is missing.`)
      all.push(this.#statement())
    }
  }

  #statement(): Statement {
    const { text: name, line, kind } = this.#next()
    if (kind !== 'word') throw new SyntaxError(`Line ${line}: "${name}" begins no statement.`)
    const statement: Statement = { name, line, args: [], named: {} }
    if (this.#accept('=')) statement.args.push(this.#value())
    else if (this.#accept('(')) this.#list(statement, ')')
    else if (this.#beginsValue()) this.#bareList(statement)
    if (this.#accept('{')) {
      statement.block = this.statements('}')
      this.#expect('}')
    }
    return statement
  }

  /** `sh label: 'x', script: 'y'` and `echo 'x'`, up to the line's end. */
  #bareList(statement: Statement): void {
    do {
      this.#skipEnds()
      this.#item(statement)
    } while (this.#accept(','))
  }

  #list(statement: Statement, close: string): void {
    this.#skipEnds()
    while (!this.#accept(close)) {
      this.#item(statement)
      this.#skipEnds()
      if (!this.#accept(',') && this.#peek()?.text !== close) throw this.#unexpected()
      this.#skipEnds()
    }
  }

  #item(statement: Statement): void {
    const name = this.#peek()
    if (name?.kind === 'word' && this.#tokens[this.#at + 1]?.text === ':') {
      this.#at += 2
      statement.named[name.text] = this.#value()
    } else statement.args.push(this.#value())
  }

  /** With `+`, lists are put together. */
  #value(): Value {
    const first = this.#single()
    if (!this.#accept('+')) return first
    const rest = this.#value()
    return [first, ...(Array.isArray(rest) ? rest : [rest])]
  }

  #single(): Value {
    const { kind, text } = this.#next()
    if (kind === 'text') return unquote(text)
    if (kind === 'number') return Number(text)
    if (text === 'true' || text === 'false') return text === 'true'
    if (text === '[') {
      const list: Statement = { name: '[', line: 0, args: [], named: {} }
      this.#list(list, ']')
      return Object.keys(list.named).length > 0 ? list : list.args
    }
    if (kind !== 'word') throw this.#unexpected(-1)
    if (this.#peek()?.text !== '(') return { path: text }
    this.#at -= 1
    return this.#statement()
  }

  #beginsValue(): boolean {
    const next = this.#peek()
    return next !== undefined && (['text', 'number', 'word'].includes(next.kind) || next.text === '[')
  }

  #skipEnds(): void {
    while (this.#peek()?.kind === 'end') this.#at++
  }

  #accept(text: string): boolean {
    const next = this.#peek()
    if (next?.kind !== 'sign' || next.text !== text) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected()
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #next(): Token {
    const token = this.#tokens[this.#at++]
    if (!token) throw new SyntaxError('The file ends in the middle of something.')
    return token
  }

  #unexpected(offset = 0): SyntaxError {
    const token = this.#tokens[this.#at + offset]
    return new SyntaxError(`Line ${token?.line ?? 'last'}: "${token?.text ?? ''}" is not expected here.`)
  }
}

function unquote(text: string): string {
  return text.startsWith("'''") ? text.slice(3, -3) : text.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}
