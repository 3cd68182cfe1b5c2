import ts from 'typescript'
import type { Edit } from './edit.ts'
import { appendTo, cut, importsIn, insert, itemsIn, listCalled, removeFrom, type List } from './syntax.ts'

/** `import { name } from 'from'`, where the alphabet has it among the imports of this workspace's packages. */
export function importOf(name: string, from: string): Edit {
  return {
    add(source) {
      const imports = importsIn(source)
      const ours = imports.filter(({ module }) => module.startsWith('@lightpress/'))
      const place = ours.find(({ module }) => module > from)?.start ?? (ours.at(-1) ?? imports.at(-1))?.end
      if (place === undefined) throw new Error('has no imports to put another one beside')
      return insert(source, place, `import { ${name} } from '${from}'\n`)
    },
    remove(source) {
      const found = importsIn(source).find(({ module }) => module === from)
      if (!found) throw new Error(`does not import ${from}`)
      return cut(source, found)
    },
  }
}

/** What is written as `text` at the end of the list that is called `list`; found again by `mark`, which only it has. */
export function elementOf(list: string, text: string, mark = text): Edit {
  return {
    add: (source) => appendTo(source, listCalled(source, list), text),
    remove: (source) => removeFrom(source, listCalled(source, list), (item) => item.includes(mark)),
  }
}

/** A name at the beginning of the object that is called `object`: `const needs = { auth, users }`. */
export function shorthandOf(object: string, name: string): Edit {
  return {
    add(source) {
      const [first] = itemsIn(listCalled(source, object))
      if (!first) throw new Error(`has nothing in ${object}`)
      return insert(source, first.getStart(), `${name}, `)
    },
    remove: (source) => removeFrom(source, listCalled(source, object), (item) => item === name),
  }
}

/** A name in a list within an entry of another list, the entry that says `mark`: in alphabetical order. */
export function nameWithin(list: string, { mark, property, name }: Record<'mark' | 'property' | 'name', string>): Edit {
  const quoted = `'${name}'`
  const names = (source: string): List => {
    const entry = itemsIn(listCalled(source, list)).find((item) => item.getText().includes(mark))
    for (const one of entry && ts.isObjectLiteralExpression(entry) ? entry.properties : []) {
      if (!ts.isPropertyAssignment(one) || one.name.getText() !== property) continue
      if (ts.isArrayLiteralExpression(one.initializer)) return one.initializer
    }
    throw new Error(`has no list "${property}" where ${list} says ${mark}`)
  }
  return {
    add(source) {
      const next = itemsIn(names(source)).find((item) => item.getText() > quoted)
      return next ? insert(source, next.getStart(), `${quoted}, `) : appendTo(source, names(source), quoted)
    },
    remove: (source) => removeFrom(source, names(source), (item) => item === quoted),
  }
}
