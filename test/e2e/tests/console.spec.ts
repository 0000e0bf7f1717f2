import { card, counter, expect, newSale, test } from '../fixtures'

test('a product put on sale from the form is there, live', async ({ page, server }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()

  await newSale(page)
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
  const form = await newSale(page)
  await page.getByLabel('Product id').fill('poster')
  await page.getByLabel('Quantity').fill('250')
  await form.getByLabel('Name').fill('A poster')
  await page.getByText('Closing, payment, limits, price, links').click()
  await page.getByLabel('Limit per buyer').fill('2')
  await page.getByLabel('Time to pay').selectOption('15 minutes')
  await page.getByLabel('Closes').selectOption('1 day after the opening')
  await page.getByLabel('Price').fill('19.99')
  await page.getByLabel('Currency').fill('eur')
  await page.getByLabel('Shop’s link').fill('https://shop.example/pay')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(card(page, 'A poster').getByText('€19.99, 2 per buyer, 15 minutes to pay')).toBeVisible()

  await card(page, 'A poster').getByRole('button', { name: 'Change terms' }).click()
  await page.getByLabel('Quantity').fill('300')
  await page.getByRole('button', { name: 'Change the terms' }).click()
  await expect(counter(card(page, 'A poster'), 'remaining')).toHaveText('300')
  const product = await (await fetch(`${server.url}/api/products/poster`)).json()
  expect(product).toMatchObject({
    name: 'A poster', quantity: 300, limit_per_user: 2, payment_window: '15m', price: { amount: 1999, currency: 'EUR' }, url: 'https://shop.example/pay',
  })
  expect(Math.abs(Date.parse(product.closes_at) - Date.now() - 86_400_000)).toBeLessThan(600_000)
})

for (const [what, field, typed, told] of [
  ['a quantity of nothing', 'Quantity', '0', 'from 1 to 10,000,000, such as 100'],
  ['a quantity in words', 'Quantity', 'many', 'Type a whole number'],
  ['half a unit', 'Quantity', '1.5', 'Type a whole number'],
  ['an id with a blank', 'Product id', 'a b', 'such as poster-2'],
  ['a limit of nothing', 'Limit per buyer', '0', 'from 1 to 100'],
  ['a link that runs', 'Shop’s link', 'javascript:alert(1)', 'begins with https://'],
] as const) {
  test(`${what} is refused while it is typed, with a value that is taken`, async ({ page }) => {
    await page.goto('/')
    await newSale(page)
    await page.getByText('Closing, payment, limits, price, links').click()
    await page.getByLabel(field).fill(typed)
    await expect(page.getByLabel(field)).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByLabel(field)).toHaveAccessibleDescription(new RegExp(told))
    let asked = 0
    page.on('request', (request) => (asked += request.method() === 'PUT' ? 1 : 0))
    await page.getByRole('button', { name: 'Put on sale' }).click()
    await expect(page.getByLabel(field)).toBeFocused()
    await page.evaluate(() => fetch('/livez')) // what the press asked for went out before this
    expect(asked).toBe(0)
  })
}

test('all that is wrong is told at once, also what is folded, and what was typed is taken once it is mended', async ({ page, server }) => {
  await page.goto('/')
  const form = await newSale(page)
  await page.getByLabel('Quantity').fill('0')
  await form.getByLabel('Name').fill('می\u200cخواهم\u3000👨\u200d👩\u200d👧')
  await page.getByLabel('Opens', { exact: true }).selectOption('At a time…')
  await page.getByText('Closing, payment, limits, price, links').click()
  await page.getByLabel('Time to pay').selectOption('Another length…')
  await page.getByLabel('How long').fill('soon')
  await page.getByLabel('Price').fill('5')
  await page.getByText('Closing, payment, limits, price, links').click()
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(form.getByText('4 fields need other values.')).toBeVisible()
  await expect(form.locator('[aria-invalid=true]')).toHaveCount(4)
  await expect(page.getByLabel('Quantity')).toBeFocused()

  await page.getByLabel('Quantity').fill('7')
  await page.getByLabel('Opening time').fill('2031-05-06T07:08')
  await page.getByLabel('How long').fill('20 minutes')
  await expect(page.getByLabel('How long')).toHaveAccessibleDescription('That is 20 minutes.')
  await page.getByLabel('Currency').fill('eur')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(form).toBeHidden()
  const product = await (await fetch(`${server.url}/api/products/1`)).json()
  expect(product).toMatchObject({ quantity: 7, name: 'می\u200cخواهم\u3000👨\u200d👩\u200d👧', payment_window: '20m', price: { amount: 500, currency: 'EUR' } })
  const zone = await page.evaluate(() => new Date('2031-05-06T07:08').toISOString())
  expect(product.opens_at).toBe(zone.replace('.000Z', '.000Z'))
})

test('what only the server can tell is told beside the field, in its words', async ({ page }) => {
  await page.goto('/')
  const form = await newSale(page)
  await page.getByText('Closing, payment, limits, price, links').click()
  await page.getByLabel('Only for the group').fill('vip')
  const answered = page.waitForResponse((response) => response.request().method() === 'PUT')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  const problem = await (await answered).json()
  await expect(page.getByLabel('Only for the group')).toHaveAccessibleDescription(problem.errors[0].rule)
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()
  await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()
})

test('a quantity below what is held is refused, also where the page does not know it yet, and nothing changes', async ({ page, server }) => {
  await server.put('1', { quantity: 10 })
  await server.fill('1', 6)
  await page.goto('/')
  await card(page, 'Product 1').getByRole('button', { name: 'Change terms' }).click()
  await page.getByLabel('Quantity').fill('5')
  await expect(page.getByLabel('Quantity')).toHaveAccessibleDescription(/At least 6/)
  await page.getByLabel('Quantity').fill('6')
  await page.route('**/api/products/1', (route) => route.continue({ ...(route.request().method() === 'PUT' ? { postData: '{"quantity":5}' } : {}) }))
  const answered = page.waitForResponse((response) => response.request().method() === 'PUT')
  await page.getByRole('button', { name: 'Change the terms' }).click()
  const answer = await answered
  expect(answer.status()).toBe(409)
  const problem = await answer.json()
  await expect(page.getByRole('dialog').getByText(problem.detail ?? problem.title).first()).toBeVisible()
  await page.keyboard.press('Escape')
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
