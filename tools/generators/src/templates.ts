import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import type { Names } from './names.ts'

/** The files of a new module, with the forms of its name left open. */
export const templates = join(import.meta.dirname, '../files')

/** Which of them go where. */
export function foldersOf(name: string): Record<'contract' | 'module' | 'service' | 'journey', string> {
  return {
    contract: `packages/${name}/contract`,
    module: `packages/${name}/module`,
    service: `apps/${name}-service`,
    journey: 'apps/api/test',
  }
}

/** The folders in which there is nothing but the module. */
export function ownFolders(name: string): string[] {
  return [`packages/${name}`, `apps/${name}-service`]
}

/** The test of it in every topology, which stands among those of the others. */
export function journeyOf(name: string): string {
  return `${foldersOf(name).journey}/${name}.test.ts`
}

/** Words that stand in their code already, or in the language: something else of that name would be taken for it. */
export function findTakenWords(names: Names): string[] {
  const used = new Set<string>()
  for (const file of globSync('**/*.ts.template', { cwd: templates })) {
    const code = readFileSync(join(templates, file), 'utf8').replaceAll(/<%= (\w+) %>/g, 'Q$1')
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) used.add(node.text)
      node.forEachChild(visit)
    }
    visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest))
  }
  const isWord = (text: string) => {
    const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text)
    return scanner.scan() === ts.SyntaxKind.Identifier
  }
  return [names.name, names.singular, names.Plural, names.Singular].filter((word) => used.has(word) || !isWord(word))
}
