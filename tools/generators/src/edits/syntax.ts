import ts from 'typescript'

export type List = ts.ArrayLiteralExpression | ts.ObjectLiteralExpression

export function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest, true)
}

/** The imports of a file; `end` takes the end of the line in. */
export function importsIn(source: string) {
  return parse(source)
    .statements.filter(ts.isImportDeclaration)
    .map((one) => ({
      module: (one.moduleSpecifier as ts.StringLiteral).text,
      start: one.getStart(),
      end: one.getEnd() + 1,
    }))
}

/** The list or object that a constant of this name, at the top of the file, is made with. */
export function listCalled(source: string, name: string): List {
  const declared = parse(source)
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
  const value = declared.find((one) => one.name.getText() === name)?.initializer
  if (value && (ts.isArrayLiteralExpression(value) || ts.isObjectLiteralExpression(value))) return value
  throw new Error(`has no list or object called ${name}`)
}

export function itemsIn(list: List): readonly ts.Node[] {
  return ts.isArrayLiteralExpression(list) ? list.elements : list.properties
}

export function appendTo(source: string, list: List, text: string): string {
  const last = itemsIn(list).at(-1)
  return last ? insert(source, last.getEnd(), `, ${text}`) : insert(source, list.getStart() + 1, text)
}

/** With the comma that parts it from the one before it, or from the next. */
export function removeFrom(source: string, list: List, which: (item: string) => boolean): string {
  const items = itemsIn(list)
  const at = items.findIndex((item) => which(item.getText()))
  const item = items[at]
  if (!item) throw new Error(`has not in it what is to be removed: ${list.getText()}`)
  const before = items[at - 1]
  return before
    ? cut(source, { start: before.getEnd(), end: item.getEnd() })
    : cut(source, { start: item.getStart(), end: items[at + 1]?.getStart() ?? item.getEnd() })
}

export function insert(source: string, at: number, text: string): string {
  return source.slice(0, at) + text + source.slice(at)
}

export function cut(source: string, { start, end }: { start: number; end: number }): string {
  return source.slice(0, start) + source.slice(end)
}
