import { defineContract, raw } from './contract.ts'

/** What every process answers about itself, and the reference that one of them serves. Not a module. */
export const systemContract = defineContract('system', {
  live: raw({
    method: 'GET',
    path: '/health/live',
    access: 'public',
    summary: 'The process runs.',
    produces: 'application/json',
  }),
  ready: raw({
    method: 'GET',
    path: '/health/ready',
    access: 'public',
    summary: 'The process can take requests.',
    produces: 'application/json',
  }),
  openApi: raw({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    summary: 'This API as an OpenAPI 3.1 document.',
    produces: 'application/json',
  }),
  reference: raw({
    method: 'GET',
    path: '/docs',
    access: 'public',
    summary: 'The reference page.',
    produces: 'text/html',
  }),
  referenceScript: raw({
    method: 'GET',
    path: '/docs/reference.js',
    access: 'public',
    summary: "The reference page's script.",
    produces: 'text/javascript',
  }),
  referenceStyle: raw({
    method: 'GET',
    path: '/docs/reference.css',
    access: 'public',
    summary: "The reference page's style.",
    produces: 'text/css',
  }),
})
