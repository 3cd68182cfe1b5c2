import { isOnline } from '@lightpress/kernel'
import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  DropStmt,
  IndexStmt,
  Node,
  RangeVar,
} from 'libpg-query'
import type { Finding, Migration } from './files.ts'
import { findSchemas } from './schemas.ts'
import type { Statement } from './statements.ts'

/**
 * Our own rules, for what squawk has nothing against. During a deployment both versions of a service run on the new schema,
 * under load: so a file adds what the old version does not know, and keeps nobody waiting. What is none of the forms below
 * takes a person's reason.
 */
export function findOwn(
  migration: Migration,
  { statements, modules }: { statements: readonly Statement[]; modules: readonly string[] },
): Finding[] {
  const { module, path } = migration
  const file: File = { module, online: isOnline(migration.sql), made: new Set(), constraints: new Set() }
  // BullMQ's tables are in the database of an install without Redis.
  const others = [...modules, 'bullmq'].filter((name) => name !== module)
  return statements.flatMap(({ node, line }) => [
    ...findSchemas(node, { own: module, others }).map((name) => ({
      path,
      line,
      rule: 'other-schema',
      message: `It names the schema ${name}: a module has its own alone, and asks its neighbours through their contracts.`,
    })),
    ...[objectTo(node, file)]
      .filter((objection) => objection !== undefined)
      .map((objection) => ({ path, line, ...objection })),
  ])
}

/** What the statements above have told. */
interface File {
  module: string
  online: boolean
  /** Tables that this file makes: nobody uses them yet. Every other one exists, whoever made it and when. */
  made: Set<string>
  constraints: Set<string>
}

type Objection = Pick<Finding, 'rule' | 'message'>

/** What nobody uses before it is there. */
const NEW = ['CreateSeqStmt', 'CreateEnumStmt', 'CompositeTypeStmt', 'CommentStmt']
const ROWS = ['UpdateStmt', 'DeleteStmt', 'MergeStmt', 'TruncateStmt', 'CopyStmt']

function objectTo(node: Node, file: File): Objection | undefined {
  if ('CreateStmt' in node) return void file.made.add(nameOf(node.CreateStmt.relation, file))
  if ('IndexStmt' in node) return objectToIndex(node.IndexStmt, file)
  if ('DropStmt' in node) return objectToDrop(node.DropStmt, file)
  if ('AlterTableStmt' in node) return objectToChange(node.AlterTableStmt, file)
  if ('CreateTrigStmt' in node)
    return isNew(node.CreateTrigStmt.relation, file)
      ? undefined
      : not('A trigger changes what the running version writes.')
  if ('CreateFunctionStmt' in node)
    return node.CreateFunctionStmt.replace
      ? not('It replaces what the running version may use: give it a new name.')
      : undefined
  if ('ViewStmt' in node)
    return node.ViewStmt.replace ? not('It replaces what the running version may use: give it a new name.') : undefined
  if ('AlterEnumStmt' in node) return node.AlterEnumStmt.oldVal ? not('It renames a value that rows have.') : undefined
  if ('InsertStmt' in node && (isNew(node.InsertStmt.relation, file) || hasValues(node.InsertStmt.selectStmt)))
    return undefined
  if ('CreateExtensionStmt' in node) return not('Name it in the extensions of defineModule: the runner makes it.')
  if (ROWS.some((kind) => kind in node) || 'InsertStmt' in node)
    return {
      rule: 'many-rows',
      message: 'It changes rows that are in use, all under one lock: let a job of the module do it in batches.',
    }
  if (NEW.some((kind) => kind in node)) return undefined
  return not(`${Object.keys(node)[0]} is none of the forms that tools/ci/src/migration/rules.ts knows to add only.`)
}

function objectToIndex({ relation, concurrent, if_not_exists: again }: IndexStmt, file: File): Objection | undefined {
  if (isNew(relation, file) && !file.online) return undefined
  if (file.online && concurrent && again) return undefined
  return not(
    'An index on a table that exists is made by CREATE INDEX CONCURRENTLY IF NOT EXISTS, in a file of its own that begins with -- lightpress:no-transaction.',
  )
}

function objectToDrop(
  { removeType, concurrent, missing_ok: again }: DropStmt,
  { online }: File,
): Objection | undefined {
  if (removeType !== 'OBJECT_INDEX') return not('It takes away what the running version may use.')
  if (online && concurrent && again) return undefined
  return not(
    'An index is dropped by DROP INDEX CONCURRENTLY IF EXISTS, in a file of its own that begins with -- lightpress:no-transaction.',
  )
}

function objectToChange({ relation, cmds = [] }: AlterTableStmt, file: File): Objection | undefined {
  if (isNew(relation, file)) return undefined
  for (const cmd of cmds) {
    const objection =
      'AlterTableCmd' in cmd ? objectToCommand(cmd.AlterTableCmd, file) : not('It is no change that is known.')
    if (objection) return objection
  }
  return undefined
}

function objectToCommand({ subtype, def, name = '' }: AlterTableCmd, file: File): Objection | undefined {
  switch (subtype) {
    case 'AT_AddColumn':
      return def && 'ColumnDef' in def ? objectToColumn(def.ColumnDef) : undefined
    case 'AT_AddConstraint':
      return def && 'Constraint' in def ? objectToConstraint(def.Constraint, file) : undefined
    case 'AT_ValidateConstraint':
      return file.constraints.has(name)
        ? not(
            'A constraint is validated in a file after the one that adds it: in the same one the lock is kept while it looks.',
          )
        : undefined
    case 'AT_ColumnDefault':
      return def ? undefined : not('The running version may write rows without this column.')
    default:
      return not(
        'It changes what the running version reads and writes: add beside it, and drop a release later what nobody reads any more.',
      )
  }
}

function objectToColumn({ constraints = [] }: ColumnDef): Objection | undefined {
  const kinds = constraints.flatMap((one) => ('Constraint' in one ? [one.Constraint.contype] : []))
  const plain = ['CONSTR_NULL', 'CONSTR_NOTNULL', 'CONSTR_DEFAULT']
  if (kinds.some((kind) => !plain.includes(kind ?? '')))
    return not('Every row is looked at or written anew: add the column alone, and its constraint NOT VALID after it.')
  if (kinds.includes('CONSTR_NOTNULL') && !kinds.includes('CONSTR_DEFAULT'))
    return not('The running version writes rows without this column: give it a default, or let it be null.')
  return undefined
}

function objectToConstraint(
  { contype, conname = '', skip_validation: unchecked, indexname: index }: Constraint,
  file: File,
): Objection | undefined {
  file.constraints.add(conname)
  if (contype === 'CONSTR_UNIQUE' && index) return undefined
  if ((contype === 'CONSTR_FOREIGN' || contype === 'CONSTR_CHECK') && unchecked) return undefined
  return not('Every row is looked at under a lock: add it NOT VALID, and validate it in the next file.')
}

function hasValues(node: Node | undefined): boolean {
  return node !== undefined && 'SelectStmt' in node && node.SelectStmt.valuesLists !== undefined
}

function isNew(relation: RangeVar | undefined, file: File): boolean {
  return file.made.has(nameOf(relation, file))
}

/** What is not qualified is the module's own: the runner sets the search path. */
function nameOf({ schemaname, relname }: RangeVar = {}, { module }: File): string {
  return `${schemaname ?? module}.${relname}`
}

function not(message: string): Objection {
  return { rule: 'not-additive', message }
}
