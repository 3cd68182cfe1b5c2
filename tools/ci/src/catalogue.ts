import { askedBy, ConfigError, readConfig, type Module, type Variable } from '@lightpress/kernel'
import { contractPrefixes, type Contract } from '@lightpress/protocol'
import { catalogue, DOCUMENTATION, prefixesOf, secretsOf, SHARED_SECRETS, SHARED_SETTINGS, type Service } from 'infra'
import { readContracts, readModules } from './discover.ts'

const FILE = 'infra/src/catalogue.ts'

/** What is deployed, and what there is to deploy. */
export interface Deployed {
  services: readonly Service[]
  modules: readonly Module[]
  contracts: readonly Contract[]
  sharedSecrets: readonly string[]
  sharedSettings: readonly string[]
}

export async function readDeployed(): Promise<Deployed> {
  return {
    services: catalogue,
    modules: [...(await readModules()).values()],
    contracts: (await readContracts()).map(({ contract }) => contract),
    sharedSecrets: Object.keys(SHARED_SECRETS),
    sharedSettings: SHARED_SETTINGS,
  }
}

/** Where the catalogue and the modules differ, each in a sentence that says what to do; empty when nowhere. */
export function findCatalogueProblems(deployed: Deployed): string[] {
  const { services, modules } = deployed
  const named = new Map(modules.map((module) => [module.name, module]))
  return [
    ...modules
      .filter(({ name }) => !services.some(({ module }) => module === name))
      .map(({ name }) => `The module ${name} is deployed nowhere: give it an entry in ${FILE}.`),
    ...twice(services.map(({ module }) => module)).map(
      (name) => `The module ${name} has two entries in ${FILE}: leave one of them.`,
    ),
    ...sharedProblems(deployed),
    ...services.flatMap((service) => {
      const module = named.get(service.module)
      if (!module) return [`${FILE} deploys ${service.module}, which is no module of packages/: remove its entry.`]
      return serviceProblems(service, module, deployed)
    }),
    ...prefixProblems(deployed),
  ]
}

function serviceProblems(service: Service, module: Module, deployed: Deployed): string[] {
  const { name } = module
  const { own, neighbours } = askedBy(module)
  const { marked, open } = split(own)
  const kept = without(Object.keys(secretsOf(service)), deployed.sharedSecrets)
  // What is wrong with secrets and neighbours is said below.
  const told = [...marked, ...service.settings, ...neighbours.map(addressOf)]
  const missing = missingFrom(module, told).filter((variable) => open.includes(variable))
  return [
    ...(service.contract.name === name
      ? []
      : [`The entry of ${name} in ${FILE} has the contract of ${service.contract.name}: give it its own.`]),
    ...without(marked, kept).map(
      (variable) => `${name} reads the secret ${variable}: name it among the secrets of ${name} in ${FILE}.`,
    ),
    ...without(kept, marked).map((variable) =>
      open.includes(variable)
        ? `${variable} is a secret of ${name} in ${FILE} and none in its config.ts: mark it there with .meta({ secret: true }), or make it a setting.`
        : `${name} does not read ${variable}: remove it from the secrets of ${name} in ${FILE}.`,
    ),
    ...without(service.settings, open).map((variable) =>
      marked.includes(variable)
        ? `${variable} is a secret of ${name}: move it from its settings in ${FILE} to its secrets.`
        : `${name} does not read ${variable}: remove it from the settings of ${name} in ${FILE}.`,
    ),
    ...(service.files === open.includes('STORAGE_URL')
      ? []
      : [
          service.files
            ? `${name} has no STORAGE_URL: set files to false in its entry in ${FILE}.`
            : `${name} reads STORAGE_URL: set files to true in its entry in ${FILE}.`,
        ]),
    ...missing.map(
      (variable) =>
        `${name} does not start without ${variable}: give it a default, or name it among the settings of ${name} in ${FILE}.`,
    ),
    ...without(neighbours, service.neighbours).map(
      (other) => `${name} asks for ${addressOf(other)}: name ${other} among the neighbours of ${name} in ${FILE}.`,
    ),
    ...without(service.neighbours, neighbours).map(
      (other) => `${name} does not call ${other}: remove it from the neighbours of ${name} in ${FILE}.`,
    ),
  ]
}

/** The kernel's own variables, which are the same for every process. */
function sharedProblems({ modules, sharedSecrets, sharedSettings }: Deployed): string[] {
  const [any] = modules
  if (!any) return []
  const { marked, open } = split(askedBy(any).shared)
  const missing = missingFrom(any, [...marked, ...sharedSettings]).filter((variable) => open.includes(variable))
  return [
    ...without(marked, sharedSecrets).map(
      (name) => `Every process reads the secret ${name}: name it in SHARED_SECRETS of ${FILE}.`,
    ),
    ...without(sharedSecrets, marked).map(
      (name) =>
        `${name} is in SHARED_SECRETS of ${FILE} and no secret of the kernel: mark it in packages/kernel/src/config.ts with .meta({ secret: true }), or remove it.`,
    ),
    ...without(sharedSettings, open).map(
      (name) => `${name} is in SHARED_SETTINGS of ${FILE} and no setting of the kernel: remove it.`,
    ),
    ...missing.map(
      (name) => `No process starts without ${name}: give it a default, or name it in SHARED_SETTINGS of ${FILE}.`,
    ),
  ]
}

/** Whoever routes sends a path to one service. */
function prefixProblems({ services, contracts }: Deployed): string[] {
  const owned = services.flatMap((service) => prefixesOf(service))
  const documented = services.some(({ module }) => module === DOCUMENTATION.module)
  return [
    ...twice(owned).map((prefix) => {
      const owners = services.filter((service) => prefixesOf(service).includes(prefix)).map(({ module }) => module)
      return `${prefix} belongs to ${owners.join(' and ')}: give the operations of one of them another path.`
    }),
    ...contracts
      .flatMap((contract) => contractPrefixes(contract))
      .filter((prefix) => !owned.includes(prefix))
      .map((prefix) => `${prefix} belongs to no service: give the module whose contract has it an entry in ${FILE}.`),
    ...(documented
      ? []
      : [
          `${DOCUMENTATION.prefixes.join(' and ')} belong to no service: say in DOCUMENTATION of ${FILE} who has them.`,
        ]),
  ]
}

/** What the module's process would still ask for, were it told these: by the reader that it starts with. */
function missingFrom(module: Module, told: readonly string[]): string[] {
  // An address elsewhere, because more is asked for where a process is not on this machine.
  const env = Object.fromEntries(told.map((name) => [name, name === 'PUBLIC_URL' ? 'https://app.example.com' : '?']))
  try {
    readConfig([module], { env })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [...error.message.matchAll(/^ {2}(\S+) is missing/gm)].map(([, name = '']) => name)
  }
}

function split(variables: readonly Variable[]) {
  const names = (secret: boolean) => variables.filter((one) => one.secret === secret).map(({ name }) => name)
  return { marked: names(true), open: names(false) }
}

export function addressOf(module: string): string {
  return `${module.toUpperCase()}_URL`
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name))
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
