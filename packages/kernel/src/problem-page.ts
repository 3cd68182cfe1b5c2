import type { Problem } from '@lightpress/protocol'

/**
 * A refusal for somebody who followed a link to it and has a page in front of them: in words, and with a way on. It needs
 * nothing that the policy of our answers forbids, so it looks as plain as it is.
 */
export function problemPage({ title, detail, requestId }: Problem): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(detail)}</p>
<p><a href="/">To the start page</a></p>
<p><small>Request ${escaped(requestId)}</small></p>
</main>
</body>
</html>
`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
