/** As CloudFront hands over a request, and takes it back. */
export interface ViewerRequest {
  request: { uri: string; headers: Record<string, { value: string } | undefined> }
}

/**
 * Gives the one page of the web for every address that a browser opens; files, and what programs ask for, stay what
 * they are, so that what is missing is said to be.
 *
 * CloudFront runs the source of this function (`handler.toString()`): it uses nothing from outside itself, and no syntax
 * newer than `const`, which its JavaScript may lack.
 */
export function handler(event: ViewerRequest): ViewerRequest['request'] {
  const request = event.request
  const accept = request.headers.accept
  const opensPage = accept && accept.value.includes('text/html')
  if (opensPage && !request.uri.startsWith('/app-assets/')) request.uri = '/index.html'
  return request
}
