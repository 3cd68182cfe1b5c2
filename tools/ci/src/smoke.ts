import { z } from 'zod'
import { command } from './deploy/failure.ts'
import { readInput, Switch } from './deploy/input.ts'
import { smoke } from './deploy/smoke.ts'

// node tools/ci/src/smoke.ts --url https://app.example.com [--test]
await command(async () => {
  const { url, test } = readInput({
    url: z.url({ protocol: /^https?$/ }).meta({ example: 'https://app.example.com' }),
    test: Switch,
  })
  await smoke(url, { test })
  console.log(`${url} answers as it should${test ? ', by the version that is tested' : ''}.`)
})
