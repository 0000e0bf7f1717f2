import { buyAs, card, expect, expectNoFindings, newSale, test } from '../fixtures'

test.use({ flags: ['--admin-token', 'open-sesame-open-sesame'] })

test('a token is asked for, and the press that met the question goes on', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Not now' }).click()
  await newSale(page)
  await page.getByRole('button', { name: 'Put on sale' }).click()
  const dialog = page.getByRole('dialog', { name: 'This is for operators' })
  await dialog.getByLabel('Your name').fill('admin')
  await dialog.getByLabel('Token').fill('wrong')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog.getByLabel('Token')).toHaveAttribute('aria-invalid', 'true')
  await expect(dialog.getByText('Wrong token')).toBeVisible()

  await dialog.getByLabel('Token').fill('open-sesame-open-sesame')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog).toBeHidden()
  await expect(card(page, 'Product 1')).toBeVisible()

  await page.goto('/order/1')
  await expect(page.getByText('No orders yet.')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('paying is not a buyer’s to say, and nobody gets at the order of somebody else', async ({ page, browser, server }) => {
  const operator = { Authorization: 'Bearer open-sesame-open-sesame', 'Content-Type': 'application/json' }
  const terms = JSON.stringify({ quantity: 2, payment_window: '15m' })
  await fetch(`${server.url}/api/products/1`, { method: 'PUT', headers: operator, body: terms })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByText('Pay the seller.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Pay' })).toBeHidden()
  await expectNoFindings(page)

  const other = await browser.newPage({ baseURL: server.url })
  await other.goto('/buy/1')
  await buyAs(other, 'ann')
  await expect(other.getByText('This user already has an order.')).toBeVisible()
  const stranger = { method: 'POST', headers: { 'Content-Type': 'application/json' } }
  const already = await fetch(`${server.url}/api/products/1/orders`, { ...stranger, body: '{"user_id":"ann"}' })
  expect(await already.json()).toEqual({ type: '/problems/already_bought', title: 'Already bought', status: 409 })

  const [order] = (await (await fetch(`${server.url}/api/products/1/orders`, { headers: operator })).json()).orders
  const payment = { payment_id: 'm1', product_id: '1', order_id: order.order_id, amount: 1999, currency: 'EUR' }
  await fetch(`${server.url}/api/payments`, { method: 'POST', headers: operator, body: JSON.stringify(payment) })
  await expect(page.getByRole('heading', { name: 'Paid' })).toBeVisible()
})

test('a session that is over is said to be, and the press that met its end goes on', async ({ page, context }) => {
  await page.goto('/')
  await page.getByLabel('Your name').fill('admin')
  await page.getByLabel('Token').fill('open-sesame-open-sesame')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await newSale(page)
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(card(page, 'Product 1')).toBeVisible()

  await context.clearCookies()
  await card(page, 'Product 1').getByRole('button', { name: 'Pause' }).click()
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await expect(dialog.getByLabel('Your name')).toHaveValue('admin')
  await dialog.getByLabel('Token').fill('open-sesame-open-sesame')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(card(page, 'Product 1').getByText('Paused')).toBeVisible()
})

test('who does not sign in is asked once, and sees what everybody may', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByText('Only for operators')).toBeVisible()

  let asked = 0
  page.on('request', (request) => (asked += request.url().endsWith('/api/rehearsals') ? 1 : 0))
  await page.clock.install()
  await page.goto('/?rehearsals')
  await page.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.clock.runFor(60_000)
  await page.evaluate(() => fetch('/livez')) // what the minute asked for went out before this
  expect(asked).toBe(1)
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('what a sale shows by itself asks nobody for a token again', async ({ page, server }) => {
  const operator = { Authorization: 'Bearer open-sesame-open-sesame', 'Content-Type': 'application/json' }
  await fetch(`${server.url}/api/products/1`, { method: 'PUT', headers: operator, body: JSON.stringify({ quantity: 2 }) })
  await page.clock.install()
  await page.goto('/products/1')
  await page.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.clock.runFor(60_000)
  await page.evaluate(() => fetch('/livez')) // what the minute asked for went out before this
  await expect(page.getByRole('dialog')).toBeHidden()
})
