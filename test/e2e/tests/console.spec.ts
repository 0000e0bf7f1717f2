import { card, counter, expect, test } from '../fixtures'

test('a product put on sale from the form is there, live', async ({ page, server }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()

  await page.getByLabel('Product id').fill('1')
  await page.getByLabel('Quantity').fill('100')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  const product = card(page, 'Product 1')
  await expect(product.getByText('On sale')).toBeVisible()
  await expect(counter(product, 'remaining')).toHaveText('100')

  await server.fill('1', 30)
  await expect(counter(product, 'remaining')).toHaveText('70')
  await expect(counter(product, 'placed')).toHaveText('30')
  await expect(counter(product, 'queued')).toHaveText('0')
})

test('all terms can be set, and are what a change begins from', async ({ page, server }) => {
  await page.goto('/')
  await page.getByLabel('Product id').fill('poster')
  await page.getByLabel('Quantity').fill('250')
  await page.getByText('Name, limit, times, price').click()
  await page.getByLabel('Name').fill('A poster')
  await page.getByLabel('Limit per buyer').fill('2')
  await page.getByLabel('Payment window').fill('15m')
  await page.getByLabel('Price').fill('19.99')
  await page.getByLabel('Currency').fill('eur')
  await page.getByLabel('Shop’s link').fill('https://shop.example/pay')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(card(page, 'A poster').getByText('€19.99, 2 per buyer, 15m')).toBeVisible()

  await card(page, 'A poster').getByRole('button', { name: 'Change terms' }).click()
  await page.getByLabel('Quantity').fill('300')
  await page.getByRole('button', { name: 'Change the terms' }).click()
  await expect(counter(card(page, 'A poster'), 'remaining')).toHaveText('300')
  const product = await (await fetch(`${server.url}/api/products/poster`)).json()
  expect(product).toMatchObject({ name: 'A poster', quantity: 300, limit_per_user: 2, price: { amount: 1999, currency: 'EUR' }, url: 'https://shop.example/pay' })
})

for (const [what, field, typed] of [
  ['a quantity of nothing', 'Quantity', '0'],
  ['a quantity in words', 'Quantity', 'many'],
  ['half a unit', 'Quantity', '1.5'],
  ['an id with a blank', 'Product id', 'a b'],
  ['a limit of nothing', 'Limit per buyer', '0'],
  ['a window of a second', 'Payment window', '1s'],
  ['a group where buyers are not known', 'Only for the group', 'vip'],
  ['a link that runs', 'Shop’s link', 'javascript:alert(1)'],
] as const) {
  test(`${what} is refused beside the field, in the server's words`, async ({ page }) => {
    await page.goto('/')
    await page.getByText('Name, limit, times, price').click()
    await page.getByLabel(field).fill(typed)
    const answered = page.waitForResponse((response) => response.request().method() === 'PUT')
    await page.getByRole('button', { name: 'Put on sale' }).click()
    const problem = await (await answered).json()
    await expect(page.getByLabel(field)).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByLabel(field)).toHaveAccessibleDescription(problem.errors[0].rule)
    await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()
  })
}

test('a quantity below what is held is refused, and nothing changes', async ({ page, server }) => {
  await server.put('1', { quantity: 10 })
  await server.fill('1', 6)
  await page.goto('/')
  await card(page, 'Product 1').getByRole('button', { name: 'Change terms' }).click()
  await page.getByLabel('Quantity').fill('5')
  const answered = page.waitForResponse((response) => response.request().method() === 'PUT')
  await page.getByRole('button', { name: 'Change the terms' }).click()
  const answer = await answered
  expect(answer.status()).toBe(409)
  const problem = await answer.json()
  await expect(page.getByRole('form').getByText(problem.detail ?? problem.title).first()).toBeVisible()
  await expect(counter(card(page, 'Product 1'), 'remaining')).toHaveText('4')
})

test('pause, resume and close', async ({ page, server }) => {
  await server.put('1', { quantity: 10 })
  await page.goto('/')
  const product = card(page, 'Product 1')
  await product.getByRole('button', { name: 'Pause' }).click()
  await expect(product.getByText('Paused')).toBeVisible()
  await product.getByRole('button', { name: 'Resume' }).click()
  await expect(product.getByText('On sale')).toBeVisible()
  await product.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Close it' }).click()
  await expect(product.getByText('Closed')).toBeVisible()
})

test('starting over takes one confirmed press', async ({ page, server }) => {
  await server.put('1', { quantity: 20, name: 'Again', limit_per_user: 3, payment_window: '1m' })
  await server.fill('1', 20)
  await page.goto('/')
  const product = card(page, 'Again')
  await expect(product.getByText('Sold out')).toBeVisible()

  await product.getByRole('button', { name: 'Start over' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(counter(product, 'placed')).toHaveText('20')

  await product.getByRole('button', { name: 'Start over' }).click()
  await expect(page.getByRole('dialog')).toContainText('20 orders')
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(counter(product, 'remaining')).toHaveText('20')
  await expect(counter(product, 'placed')).toHaveText('0')
  await expect(product.getByText('On sale')).toBeVisible()
  const again = await (await fetch(`${server.url}/api/products/1`)).json()
  expect(again).toMatchObject({ name: 'Again', limit_per_user: 3, payment_window: '1m', quantity: 20 })
})

test('the links lead to the pages of the product', async ({ page, server }) => {
  await server.put('a_b-1', { quantity: 10 })
  await page.goto('/')
  const product = card(page, 'Product a_b-1')
  await expect(product.getByRole('link', { name: 'Buyer’s page' })).toHaveAttribute('href', '/buy/a_b-1')
  await product.getByRole('link', { name: 'Orders' }).click()
  await expect(page.getByRole('heading', { name: 'Orders of Product a_b-1' })).toBeVisible()
  await page.getByRole('link', { name: 'Product a_b-1' }).click()
  await expect(page.getByRole('heading', { name: 'Newest orders' })).toBeVisible()
  await page.getByRole('link', { name: 'seckill' }).click()
  await expect(product).toBeVisible()
})
