import { buyAs, expect, test } from '../fixtures'

const ordersOf = async (url: string) =>
  (await (await fetch(`${url}/api/products/1/orders?limit=1000`)).json()).orders as { user_id: string }[]

test('a buyer buys, and a reload keeps the order', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect(page.getByText('Number')).toBeVisible()
  // Here anybody could say that they are ann, so nobody is shown what another browser has ordered.
  await expect(page.getByRole('button', { name: 'More of your orders' })).toBeHidden()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await expect(page.getByText('ann', { exact: true })).toBeVisible()
  expect(await ordersOf(server.url)).toHaveLength(1)
})

test('a double click and a reload in mid-request make one order', async ({ page, server }) => {
  await server.put('1', { quantity: 5, limit_per_user: 5 })
  await page.goto('/buy/1')
  await page.getByLabel('Your user id').fill('ann')
  await page.getByRole('button', { name: 'Buy one' }).dblclick()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await page.getByRole('button', { name: 'Buy another' }).click()
  await page.route('**/orders', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByText('No answer yet')).toBeVisible()
  await page.unroute('**/orders')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  expect(await ordersOf(server.url)).toHaveLength(2)
})

test('a second buy of the same person shows the first', async ({ page, server, browser }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  const elsewhere = await browser.newPage()
  await elsewhere.goto(`${server.url}/buy/1`)
  await buyAs(elsewhere, 'ann')
  await expect(elsewhere.getByRole('heading', { name: 'Already yours' })).toBeVisible()
  await elsewhere.getByRole('button', { name: 'Not ann?' }).click()
  await buyAs(elsewhere, 'bob')
  await expect(elsewhere.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await elsewhere.close()
  expect((await ordersOf(server.url)).map((order) => order.user_id)).toEqual(['ann', 'bob'])
})

test('sold out while the buyer looks on', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeEnabled()
  await server.fill('1', 5)
  await expect(page.getByRole('button', { name: 'Sold out' })).toBeDisabled()
  await server.put('1', { quantity: 6 })
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeEnabled()
})

test('a press that comes too late is told so', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.route('**/orders', async (route) => {
    await server.fill('1', 5)
    await route.continue()
  })
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByText('Sold out before your request arrived.')).toBeVisible()
})

test('early: a countdown, and the button works from the second it opens', async ({ page, server }) => {
  const opensIn = (seconds: number) => server.put('1', { quantity: 5, opens_at: new Date(Date.now() + seconds * 1000).toISOString() })
  await opensIn(3600)
  await page.goto('/buy/1')
  await expect(page.getByRole('button', { name: 'Not open yet' })).toBeDisabled()
  await expect(page.getByRole('timer')).toHaveText(/5\d:\d\d/)
  await opensIn(3)
  await buyAs(page, 'ann')
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
})

test('paused, resumed, closed: the page follows by itself', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeVisible()
  await server.step('1', 'pause')
  await expect(page.getByRole('button', { name: 'Paused' })).toBeDisabled()
  await server.step('1', 'resume')
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeEnabled()
  await server.step('1', 'close')
  await expect(page.getByRole('button', { name: 'Closed' })).toBeDisabled()
})

test('an id that the server refuses is refused beside the field', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/buy/1')
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await buyAs(page, 'a b')
  const problem = await (await answered).json()
  await expect(page.getByLabel('Your user id')).toHaveAccessibleDescription(problem.errors[0].rule)
})

test('an unknown product', async ({ page, server }) => {
  await page.goto('/buy/later')
  await expect(page.getByRole('heading', { name: 'There is no product later' })).toBeVisible()
  await server.put('later', { quantity: 5 })
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeEnabled()
})

test('a buyer in the queue waits for their order, across a reload', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  const order = { order_id: '0192f0c1-2345-8abc-9def-0123456789ab', product_id: '1', user_id: 'ann', epoch: 1 }
  let status = 'queued'
  await page.route('**/api/products/1/orders', (route) =>
    route.fulfill({
      status: 202,
      headers: { Location: `/api/orders/${order.order_id}?product=1&user=ann&epoch=1`, 'Retry-After': '1' },
      json: { ...order, status },
    }),
  )
  await page.route('**/api/orders/**', (route) => route.fulfill({ json: { ...order, status } }))
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await expect(page.getByRole('button', { name: 'In the queue' })).toBeDisabled()
  await page.reload()
  await expect(page.getByRole('button', { name: 'In the queue' })).toBeDisabled()
  status = 'placed'
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
})
