import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { buyAs, expect, expectNoFindings, test } from '../fixtures'

const price = { amount: 1999, currency: 'EUR' }
const terms = { quantity: 5, payment_window: '15m', price }

const headers = { 'Content-Type': 'application/json' }

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

test('payments are listed with what is owed back, which is paid back once it is said how', async ({ page, server }) => {
  await server.put('1', terms)
  await page.goto('/products/1')
  await page.getByRole('link', { name: 'Payments' }).click()
  await expect(page.getByText('No payments.')).toBeVisible()
  await expectNoFindings(page)

  await server.fill('1', 1, 'ann')
  const order = await server.orderOf('ann-1')
  expect(await server.pay('pay_1', order)).toBe('paid')
  expect(await server.pay('pay_2', order)).toBe('refund_due')
  await page.reload()
  await expect(page.getByText('2 payments')).toBeVisible()
  await expect(row(page, 'pay_1')).toContainText('€19.99')
  await expect(row(page, 'pay_2')).toContainText('the order was paid already')
  await expect(row(page, 'pay_1').getByRole('button')).toHaveCount(0)
  await expectNoFindings(page)

  await page.goto('/products/1')
  await expect(page.getByRole('region', { name: 'To refund' })).toContainText('pay_2')
  await page.getByRole('link', { name: 'All payments to refund' }).click()
  await expect(page.getByLabel('Status')).toHaveValue('refund_due')
  await expect(page.getByText('1 payment', { exact: true })).toBeVisible()
  await row(page, 'pay_2').getByRole('button', { name: 'Record the refund of pay_2' }).click()
  const question = page.getByRole('dialog', { name: 'Was €19.99 refunded?' })
  await question.getByRole('button', { name: 'Record the refund' }).click()
  await expect(question.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true')
  await question.getByLabel('Reason').fill('refund re_1')
  await question.getByRole('button', { name: 'Try again' }).click()
  await expect(question).toBeHidden()
  await expect(page.getByText('No payments.')).toBeVisible()
  await page.getByLabel('Status').selectOption('refunded')
  await expect(row(page, 'pay_2')).toContainText('refunded')
})

test('an order is voided for a reason, and what was paid for it is owed back', async ({ page, browser, server }) => {
  await server.put('1', terms)
  const buyer = await (await browser.newContext({ baseURL: server.url })).newPage()
  await buyer.goto('/buy/1')
  await buyAs(buyer, 'ann')
  await expect(buyer.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await server.fill('1', 1, 'bob')
  await server.pay('pay_1', await server.orderOf('ann'))

  await page.goto('/order/1')
  await expect(row(page, 'bob-1')).toContainText('placed')
  await expect(row(page, 'bob-1').getByRole('button')).toHaveCount(0) // its buyer can still end it
  await row(page, 'ann').getByRole('button', { name: 'Void order 1' }).click()
  const question = page.getByRole('dialog', { name: 'Void order 1 of ann?' })
  await expect(question).toContainText('has to be refunded')
  await question.getByLabel('Reason').fill('sold by mistake')
  await question.getByRole('button', { name: 'Void it' }).click()
  await expect(row(page, 'ann')).toContainText('voided')
  await expect(buyer.getByRole('heading', { name: 'Cancelled by the shop' })).toBeVisible()
  await expect(buyer.getByText('The shop says: “sold by mistake”. You will get your money back.')).toBeVisible()
  await expectNoFindings(buyer)
  await buyer.setViewportSize({ width: 360, height: 740 })
  const rightOf = (what: string) => buyer.locator(what).first().evaluate((element) => element.getBoundingClientRect().right)
  expect(await rightOf('main section'), 'the board is as wide as the page').toBeLessThanOrEqual(await rightOf('main'))

  await page.goto('/products/1')
  await expect(page.getByRole('region', { name: 'To refund' })).toContainText('the shop cancelled the order')
  await expect(page.getByText('sold by mistake')).toHaveCount(0) // nobody has a name here, so nothing is in the history
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText('No findings')).toBeVisible()
  await page.getByText('more equations').click()
  await expect(page.getByText('All money received paid for an order, is to be refunded, or was refunded.')).toBeVisible()
})

test('a payment that came too late gets a unit, and the page that the shop leads back to says so', async ({ page, server }) => {
  await server.put('1', terms)
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('button', { name: 'Pretend to pay' })).toBeVisible()
  await expect(page.getByText('No money moves.')).toBeVisible()
  const order = await server.orderOf('ann')
  await server.end(order, 'cancel')
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible()
  await server.step('1', 'pause') // so that it is late for as long as one looks
  expect(await server.pay('pay_1', order)).toBe('late')
  await page.goto(`/buy/1?order=${order}&payment=pay_1`)
  await expect(page.getByText('trying to get you another one')).toBeVisible()
  expect(new URL(page.url()).search).toBe('')
  await expectNoFindings(page)
  await server.step('1', 'resume')
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
  await expect(page.getByText(order)).toHaveCount(0) // it is another order
})

test('a payment for which nothing is left goes back, and the buyer is told', async ({ page, server }) => {
  await server.put('1', { ...terms, quantity: 1 })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  const order = await server.orderOf('ann')
  await server.end(order, 'cancel')
  const left = async () => (await (await fetch(`${server.url}/api/products/1`)).json()).remaining
  await expect.poll(left, 'the unit is back').toBe(1)
  await server.fill('1', 1, 'bob')
  expect(await server.pay('pay_1', order)).toBe('late')
  await page.goto(`/buy/1?order=${order}&payment=pay_1`)
  await expect(page.getByText('You will get your money back.')).toBeVisible()
  await page.goto('/buy/1')
  await expect(page.getByText('You will get your money back.')).toBeVisible()

  await page.goto('/products/1')
  await expect(page.getByRole('region', { name: 'To refund' })).toContainText('came late, when nothing was left')
})

const payments = 10_000

/** Ten thousand payments take the server a while; the list cannot tell, where the answers are as the server gives them. */
async function routeTenThousand(page: Page) {
  const payment = (n: number) => ({
    payment_id: `pay_${String(n).padStart(5, '0')}`, product_id: '1', order_id: `0192f0c1-2345-7abc-8def-${String(n).padStart(12, '0')}`,
    ...price, status: 'paid', at: '2026-03-04T09:05:07.000Z', changed_at: '2026-03-04T09:05:07.000Z',
  })
  await page.route('**/api/products/1/payments?*', (route) => {
    const search = new URL(route.request().url()).searchParams
    const first = Number(search.get('after')?.slice(4) ?? 0) + 1
    const rows = Math.min(Number(search.get('limit')), payments - first + 1)
    const all = Array.from({ length: rows }, (_, i) => payment(first + i))
    return route.fulfill({ json: { payments: all, ...(first + rows <= payments ? { next: all.at(-1)?.payment_id } : {}) } })
  })
}

test('ten thousand payments are scrolled to their end, and saved as a file', async ({ page, server }) => {
  await server.put('1', terms)
  await routeTenThousand(page)
  await page.goto('/products/1?payments')
  await expect(page.getByText('1,000 payments, more as you scroll')).toBeVisible()
  for (let n = 2000; n <= payments; n += 1000) {
    await page.getByRole('button', { name: 'To the end' }).click()
    await expect(page.getByText(`${n.toLocaleString('en')} payments`)).toBeVisible()
  }
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(row(page, 'pay_10000')).toBeVisible()
  expect(await page.getByRole('row').count()).toBeLessThan(80)

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('payments-1.csv')
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  expect(lines).toHaveLength(payments + 1)
  expect(lines[1]).toBe('pay_00001,1,0192f0c1-2345-7abc-8def-000000000001,1999,EUR,paid,,,,2026-03-04T09:05:07.000Z,2026-03-04T09:05:07.000Z')
})

test('a server that is gone is said to be, and the list comes back with it', async ({ page, server }) => {
  await server.put('1', terms)
  await server.fill('1', 1, 'ann')
  await server.pay('pay_1', await server.orderOf('ann-1'))
  await page.goto('/products/1?payments')
  await expect(row(page, 'pay_1')).toBeVisible()
  await server.kill()
  await expect(page.getByText('The server cannot be reached')).toBeVisible()
  await expect(row(page, 'pay_1')).toBeVisible()
  await server.up()
  await expect(page.getByText('The server cannot be reached')).toBeHidden()
  await expect(page.getByText('1 payment', { exact: true })).toBeVisible()
})

test.describe('with an admin token', () => {
  const admin = 'open-sesame-open-sesame'
  test.use({ flags: ['--admin-token', admin] })

  test('the page plays no payment, and a role sees only what it may do', async ({ page, browser, server }) => {
    const operator = { Authorization: `Bearer ${admin}`, ...headers }
    const ask = (method: string, path: string, body: object) =>
      fetch(`${server.url}${path}`, { method, headers: operator, body: JSON.stringify(body) })
    await ask('PUT', '/api/products/1', { ...terms, url: 'https://shop.example/pay' })
    await page.goto('/buy/1')
    await buyAs(page, 'ann')
    await expect(page.getByRole('link', { name: 'Pay at the shop' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Pretend to pay' })).toHaveCount(0)

    const { orders } = await (await fetch(`${server.url}/api/products/1/orders`, { headers: operator })).json()
    for (const payment_id of ['pay_1', 'pay_2']) {
      await ask('POST', '/api/payments', { payment_id, product_id: '1', order_id: orders[0].order_id, ...price })
    }
    await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()

    for (const [role, sees] of [['view', 0], ['payments', 1]] as const) {
      const { token } = await (await ask('POST', '/api/tokens', { name: role, role })).json()
      const context = await browser.newContext({ baseURL: server.url })
      const other = await context.newPage()
      await other.goto('/products/1?payments')
      await other.getByLabel('Your name').fill(role)
      await other.getByLabel('Token', { exact: true }).fill(token)
      await other.getByRole('button', { name: 'Sign in' }).click()
      await expect(row(other, 'pay_2')).toContainText('to refund')
      await expect(row(other, 'pay_2').getByRole('button')).toHaveCount(sees)
      await other.goto('/order/1')
      await expect(other.getByRole('button', { name: /^Void/ })).toHaveCount(0)
      await context.close()
    }
  })
})
