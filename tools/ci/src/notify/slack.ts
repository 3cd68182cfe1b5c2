import { composeMessage, type Environment, type News } from './message.ts'

/**
 * Posts to a channel: through `chat.postMessage` with `SLACK_TOKEN` and `SLACK_CHANNEL`, or through an incoming webhook
 * with `SLACK_WEBHOOK_URL`. Answers what came of it, and throws what Slack refused; the webhook's address is a secret
 * and part of no message.
 */
export async function tellSlack(news: News, environment: Environment): Promise<string> {
  const { SLACK_TOKEN, SLACK_CHANNEL, SLACK_WEBHOOK_URL } = environment
  const text = plain(composeMessage(news))
  if (SLACK_TOKEN) {
    if (!SLACK_CHANNEL) throw new Error('SLACK_TOKEN is set and SLACK_CHANNEL is not: name the channel to post to.')
    await postMessage({ channel: SLACK_CHANNEL, text, unfurl_links: false }, SLACK_TOKEN, environment.SLACK_API_URL)
    return `told in ${SLACK_CHANNEL}.`
  }
  if (!SLACK_WEBHOOK_URL)
    return 'nobody is told, because neither SLACK_TOKEN with SLACK_CHANNEL nor SLACK_WEBHOOK_URL is set.'
  const { ok, status, answer } = await post(SLACK_WEBHOOK_URL, { text })
  if (!ok) throw new Error(`its webhook answered ${status} ${answer}`)
  return 'told through its webhook.'
}

/** Slack answers 200 to nearly everything; `ok` says whether it did it. */
async function postMessage(message: object, token: string, api = 'https://slack.com/api') {
  const { status, answer } = await post(`${api}/chat.postMessage`, message, { authorization: `Bearer ${token}` })
  let said: { ok?: boolean; error?: string }
  try {
    said = JSON.parse(answer) as typeof said
  } catch {
    throw new Error(`chat.postMessage answered ${status} and no JSON`)
  }
  if (!said.ok) throw new Error(`chat.postMessage answered ${status} ${said.error ?? 'without a reason'}`)
}

async function post(url: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
  return { ok: response.ok, status: response.status, answer: (await response.text()).slice(0, 10_000) }
}

/** Slack's three control characters; text stays text, and links are found by themselves. */
function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
