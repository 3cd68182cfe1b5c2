import js from '@eslint/js'
import nx from '@nx/eslint-plugin'
import prettier from 'eslint-config-prettier'
import solid from 'eslint-plugin-solid/configs/typescript'
import { defineConfig, globalIgnores } from 'eslint/config'
import ts from 'typescript-eslint'
import { inTests, layers } from './tools/ci/src/layers.ts'

const source = ['**/*.ts', '**/*.tsx']
const tests = ['**/test/**']
const configuration = ['**/*.config.ts', 'vitest.workspace.ts']

const noTransaction = {
  selector: 'CallExpression[callee.property.name="transaction"]',
  message:
    "Use ctx.withTx: when PostgreSQL ends a connection inside Drizzle's own transaction(), the process ends with it.",
}
const noEnvironment = {
  // The bundler replaces LIGHTPRESS_BUNDLED by a constant; it is not configuration.
  selector:
    'MemberExpression[object.name="process"][property.name="env"]:not(MemberExpression[property.name="LIGHTPRESS_BUNDLED"] > MemberExpression)',
  message: 'Declare the variable in the config schema: everything is read once, at boot, and reported together.',
}
const noAwaitAmongPromises = {
  // Not within a function that one of them calls.
  selector: [0, 1, 2, 3]
    .map((depth) => '> :not(:function) '.repeat(depth))
    .map((path) => `CallExpression[callee.object.name="Promise"] > ArrayExpression ${path}> AwaitExpression`)
    .join(', '),
  message: 'Await it before: what was begun ahead of it may fail meanwhile, which nobody sees and ends the process.',
}
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export it by name.' }
const noSkippedTest = {
  selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|fails)$/]',
  message: "Every test runs. What needs a program that a machine may lack says it.runIf(requires('redis-server')).",
}
/** Of a `Money`, and of rows that keep one. `total` is a name that other things have, too. */
const anAmount =
  ':matches(MemberExpression[property.name=/^(amount|amountDue|amountOff|unitAmount|refunded|total)$/], Identifier[name=/^(amount|amountDue|amountOff|unitAmount|refunded)$/])'
const calculates = [
  'BinaryExpression[operator=/^([-+*%\\x2F]|[*]{2})$/]',
  'AssignmentExpression[operator=/^([-+*%\\x2F]|[*]{2})=$/]',
  'UnaryExpression[operator=/^[-+]$/]',
  'UpdateExpression',
]
const noMoneyArithmetic = {
  // Also through `!`, `as` and `?.`, which change nothing of what it is.
  selector: ['>', '> :matches(TSNonNullExpression, TSAsExpression, ChainExpression) >']
    .map((path) => `:matches(${calculates.join(', ')}) ${path} ${anAmount}`)
    .join(', '),
  message:
    'Money is calculated by the functions of @lightpress/billing-contract/money: plus, minus, times, compare, percentLess, toDecimal.',
}

const unsafeAllowed = Object.fromEntries(
  ['argument', 'assignment', 'call', 'member-access', 'return'].map((use) => [
    `@typescript-eslint/no-unsafe-${use}`,
    'off',
  ]),
)

export default defineConfig(
  globalIgnores(['**/dist/', '.data/', '.nx/', '**/migrations/']),
  // No exceptions in place: a rule that is wrong for good code is changed here, for all.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  { plugins: { '@typescript-eslint': ts.plugin, '@nx': nx } },
  js.configs.recommended,
  {
    // TypeScript knows the globals; the few scripts without types run in a browser.
    rules: {
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', noDefaultExport, noAwaitAmongPromises],
    },
  },
  {
    files: source,
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.workspace.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': true },
      ],
      '@typescript-eslint/consistent-type-exports': ['error', { fixMixedExportsWithInlineTypeSpecifier: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-deprecated': [
        'error',
        // Marked so that it stands out; for a provider on this machine there is no other way.
        { allow: [{ from: 'package', package: 'openid-client', name: 'allowInsecureRequests' }] },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'after-used', ignoreRestSiblings: true, argsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allowBoolean: true,
          allow: [
            { from: 'lib', name: 'Error' },
            { from: 'package', package: 'url', name: ['URL', 'URLSearchParams'] },
          ],
        },
      ],

      // A handler is async by its contract, whether it has something to wait for or not.
      '@typescript-eslint/require-await': 'off',
      // There is no `this` here: an interface's functions may be taken out of it.
      '@typescript-eslint/unbound-method': 'off',
      // It wants `value!` where the next line of the same set forbids it.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      // It does not see that a callback may have changed a variable, and forbids checks where the types end.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `return done()` and `void (await done())` say what they mean.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Code points are what a string is spread into on purpose.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // `Promise.withResolvers<void>()`
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Shorter is not clearer.
      '@typescript-eslint/prefer-optional-chain': 'off',
      '@typescript-eslint/prefer-regexp-exec': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    // The seam erases types: the one place where `any` says what is meant.
    files: ['packages/{protocol,kernel}/src/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off', ...unsafeAllowed },
  },
  {
    files: ['packages/**/src/**', 'apps/*/src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        noDefaultExport,
        noTransaction,
        noEnvironment,
        noMoneyArithmetic,
        noAwaitAmongPromises,
      ],
    },
  },
  {
    files: ['packages/kernel/src/{config,main,process-config}.ts'],
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, noTransaction, noMoneyArithmetic, noAwaitAmongPromises],
    },
  },
  {
    // Here it is calculated.
    files: ['packages/billing/contract/src/money.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, noTransaction, noEnvironment] },
  },
  {
    files: ['packages/**/src/**'],
    ignores: ['packages/kernel/src/{db,migrate,observe-database,queue-postgres}.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'pg', message: 'Only the kernel knows the driver: use ctx.db and ctx.withTx.' }] },
      ],
    },
  },
  {
    files: ['apps/web/**/*.ts', 'apps/web/**/*.tsx'],
    extends: [solid],
  },
  {
    files: ['apps/web/src/**/*.ts', 'apps/web/src/**/*.tsx'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              // What is about money is arithmetic, and no schema.
              regex: '^@lightpress/[^/]+-contract$',
              allowTypeImports: true,
              message: 'Import types only: schemas, and zod with them, stay out of the browser.',
            },
          ],
        },
      ],
      // The router's way to send somebody elsewhere is to throw a Response.
      '@typescript-eslint/only-throw-error': 'off',
      // It takes every async callback for a tracked scope; no-destructure finds the mistake that people make.
      'solid/reactivity': 'off',
      // Assigned by `ref={element}`.
      'no-unassigned-vars': 'off',
    },
  },
  {
    files: [...configuration, '**/test-postgres.ts', '**/*.mjs', '**/*.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: tests,
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, noTransaction, noSkippedTest, noAwaitAmongPromises],
      // What must not compile is told by a type test.
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' },
      ],
      // A test looks into answers as they came.
      ...unsafeAllowed,
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: source, rules: { '@nx/enforce-module-boundaries': boundaries([]) } },
  {
    files: tests.flatMap((glob) => [`${glob}/*.ts`, `${glob}/*.tsx`]),
    rules: { '@nx/enforce-module-boundaries': boundaries(inTests) },
  },
  prettier,
)

/** No `*`: a project without a known tag may import nothing. */
function boundaries(besides) {
  return [
    'error',
    {
      allow: [],
      enforceBuildableLibDependency: false,
      depConstraints: Object.entries(layers).map(([layer, others]) => ({
        sourceTag: `type:${layer}`,
        onlyDependOnLibsWithTags: [...others, ...besides].map((other) => `type:${other}`),
      })),
    },
  ]
}
