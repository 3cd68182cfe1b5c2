import { existsSync } from 'node:fs'
import { cp, glob, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'
import { overBudget } from './bundle-budget.ts'
import { nameSources } from './bundle-places.ts'
import { foldersAlong, nativeAlong, onlyEnglish } from './bundle-plugins.ts'

export interface Bundle {
  /** The folder to ship: needs Node and nothing else. */
  folder: string
  /** Every file in it with its size in bytes, the largest first. */
  files: { path: string; bytes: number }[]
}

/**
 * Bundles an app's src/main.ts into a folder: main.js with its source map, the migrations of the modules in it, native
 * add-ons, the certificates that a database is known by, and the reference page's files where the app documents. The
 * same commit gives the same bytes wherever it is checked out, so that a deployment can be decided by their hash.
 */
export async function bundle(app: string, folder = join(app, 'dist')): Promise<Bundle> {
  // As esbuild names what it finds by a link.
  const root = await realpath(app)
  await rm(folder, { recursive: true, force: true })
  const along = foldersAlong()
  const natives = nativeAlong()
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir: resolve(folder),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Names of variables, too: with them esbuild leaves out the paths that it was given the files by.
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    // A stack trace needs lines and names; the sources are in the repository.
    sourcesContent: false,
    legalComments: 'external',
    logLevel: 'warning',
    loader: { '.node': 'copy' },
    assetNames: '[name]',
    // Wanted by `pg` in a try, for a driver that we do not use.
    external: ['pg-native'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.LIGHTPRESS_BUNDLED': '"true"' },
    // CommonJS packages ask for Node's own modules by `require`, which an ES module does not have.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    plugins: [onlyEnglish, along.plugin, natives.plugin],
  })
  for (const [target, source] of along.folders) await copyMigrations(source, join(folder, target))
  for (const [target, source] of natives.packages) await cp(source, join(folder, target), { recursive: true })
  if (await documents(root)) await copyReference(folder)
  await nameSources(join(folder, 'main.js'), join(root, '../..'))
  await copyCertificates(join(root, '../../infra/certificates'), join(folder, 'certificates'))
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}\n')
  return { folder, files: await filesIn(folder) }
}

/** All but drizzle-kit's own notes. A service without its migrations would start only to fail in production. */
export async function copyMigrations(source: string, target: string): Promise<void> {
  await cp(source, target, { recursive: true, filter: (path) => basename(path) !== 'meta' })
  const files = await readdir(target)
  if (!files.some((file) => file.endsWith('.sql'))) throw new Error(`There is no migration in ${source}`)
}

/** Whoever signs what the databases of production show: see the folder's README. */
async function copyCertificates(source: string, target: string) {
  for await (const file of glob('*.pem', { cwd: source })) await cp(join(source, file), join(target, file))
}

/** Whether the app serves /docs: it hands contracts to `main` for that. */
async function documents(root: string): Promise<boolean> {
  return /\bdocuments\b/.test(await readFile(join(root, 'src/main.ts'), 'utf8'))
}

/** Swagger UI's files, from the package that the kernel depends on. */
async function copyReference(folder: string) {
  const kernel = createRequire(new URL('../../../packages/kernel/package.json', import.meta.url))
  await mkdir(folder, { recursive: true })
  for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css']) {
    await cp(kernel.resolve(`swagger-ui-dist/${file}`), join(folder, file))
  }
}

async function filesIn(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const sized = await Promise.all(
    files.map(async (path) => ({ path: relative(folder, path), bytes: (await stat(path)).size })),
  )
  return sized.sort((a, b) => b.bytes - a.bytes)
}

if (import.meta.main) {
  const [app] = process.argv.slice(2)
  if (!app) {
    console.error('Which app? node tools/ci/src/bundle.ts apps/<name>')
    process.exit(1)
  }
  const { folder, files } = await bundle(app)
  for (const { path, bytes } of files) console.log(`${(bytes / 1024).toFixed(0).padStart(7)} KB  ${path}`)
  console.log(`in ${relative(process.cwd(), folder)}`)
  // The single process is all modules together, and no image: it is on this machine already, and nobody pulls it.
  const problems = existsSync(join(app, 'Dockerfile')) ? overBudget(basename(app), { files }) : []
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exit(1)
}
