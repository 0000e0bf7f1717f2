// The checkout of a shop: it takes a pretended payment for an order of the sale, and tells the sale until that has answered.
import { createHmac } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const sale = process.env.SALE ?? 'http://localhost:3000'
const listen = new URL(`http://${process.env.LISTEN ?? 'localhost:8080'}`)
const prices = { 1: 1999 } // of the shop's products, in cents: a browser may say anything
const isId = (text) => /^[A-Za-z0-9_-]{1,64}$/.test(text ?? '')
const secret = Buffer.from(readFileSync('payments.secret', 'utf8').trim().replace('whsec_', ''), 'base64') // which the sale knows, too

// Where the link of the product leads, to which the sale has added product and order.
const ask = ({ product, order }) => `<!doctype html><title>The shop</title><form method="post" action="/payments">
<input type="hidden" name="product" value="${product}"><input type="hidden" name="order" value="${order}">
<input type="hidden" name="payment" value="pay_${Date.now().toString(16)}"><button>Pretend to pay</button></form>`

// Where a shop takes the money. What it has taken is written down before anybody is told, in a database rather than a
// file, and by its id once: a second press is no second payment.
function take({ product, order, payment }) {
  const body = JSON.stringify({ payment_id: payment, product_id: product, order_id: order, amount: prices[product], currency: 'EUR' })
  try {
    writeFileSync(`payments/${payment}.json`, body, { flag: 'wx', flush: true })
  } catch (error) {
    if (error.code === 'EEXIST') return
    throw error
  }
  tell(payment)
}

// Tells the sale of a payment, again and again until it has said how it ends. By its id it counts once.
async function tell(payment) {
  for (;;) {
    const { said, final } = await send(payment).catch((error) => ({ said: error.message, final: false }))
    console.log(`${payment}: ${said}`)
    if (final) break
    await sleep(2000)
  }
  renameSync(`payments/${payment}.json`, `payments/${payment}.told`)
}

// Sends a payment, signed as https://www.standardwebhooks.com says. It is final that it is paid, that it is owed back
// (refund_due: the shop pays it back), and that it is refused, which only a mistake of the shop can bring about.
async function send(payment) {
  const body = readFileSync(`payments/${payment}.json`, 'utf8')
  const now = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', secret).update(`${payment}.${now}.${body}`).digest('base64')
  const answer = await fetch(`${sale}/api/payments`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': payment,
      'webhook-timestamp': String(now),
      'webhook-signature': `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(10_000),
  })
  const { outcome, title, detail } = await answer.json().catch(() => ({})) // a proxy may say anything
  const again = [202, 401, 429].includes(answer.status) || answer.status >= 500
  return { said: outcome ?? `${answer.status}: ${title ?? ''} ${detail ?? ''}`, final: !again }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, listen)
  const pays = request.method === 'POST' && url.pathname === '/payments'
  let form = ''
  if (pays) for await (const part of request) form += part
  const fields = Object.fromEntries(pays ? new URLSearchParams(form) : url.searchParams)
  const known = Object.hasOwn(prices, fields.product) && isId(fields.order)
  if (pays && known && isId(fields.payment)) {
    take(fields)
    const { product, order, payment } = fields
    response.writeHead(303, { Location: `${sale}/buy/${product}?order=${order}&payment=${payment}` }).end() // which says what becomes of it
  } else if (!pays && known && url.pathname === '/pay') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(ask(fields))
  } else {
    response.writeHead(404).end()
  }
})

mkdirSync('payments', { recursive: true, mode: 0o700 })
for (const file of readdirSync('payments')) if (file.endsWith('.json')) tell(file.slice(0, -'.json'.length))
server.listen(Number(listen.port), listen.hostname, () => console.log(`the shop is at ${listen.origin}`))
