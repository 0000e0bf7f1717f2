import type { Page } from '@playwright/test'
import { cancel, expect, expectFits, expectNoFindings, test } from '../fixtures'
import { ask, put, shopFlags, tokenOf } from '../shop'

test.use({ flags: shopFlags })

const buy = async (url: string, user: string, product = '1') =>
  ((await ask(`${url}/api/products/${product}/orders`, tokenOf(user), { method: 'POST', body: '{}' })) as { order_id: string }).order_id

const arrive = (page: Page, user: string) => page.goto(`/buy/1#token=${tokenOf(user)}`)

const more = (page: Page) => page.getByRole('button', { name: 'More of your orders' })
const list = (page: Page) => page.getByRole('region', { name: 'More of your orders' })
const orders = (page: Page) => list(page).getByRole('listitem')

test('a buyer finds their orders of all sales, with what to do, in a browser that has seen none of them', async ({ page, server }) => {
  await put(server.url, { quantity: 5, name: 'Lamp', payment_window: '15m', url: 'https://shop.example/pay' })
  await put(server.url, { quantity: 5, name: 'Mug', payment_window: '15m', url: 'https://shop.example/mugs' }, 'mug')
  const lamp = await buy(server.url, 'ann')
  await buy(server.url, 'bob', 'mug')
  const mug = await buy(server.url, 'ann', 'mug')
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await arrive(page, 'ann')
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeEnabled()
  expect(asked).not.toContain('/api/me/orders') // a crowd that waits asks for nothing that few want to see

  await more(page).click()
  await expect(orders(page)).toHaveText([/^Mug.*To pay.*1[0-5]:\d\d.*Number 2/, /^Lamp.*To pay.*Number 1/])
  await expect(list(page).getByRole('heading')).toBeFocused()
  await expectNoFindings(page)
  for (const width of [320, 360]) await expectFits(page, width, true)
  const pay = orders(page).last().getByRole('link', { name: 'Pay at the shop' })
  await expect(pay).toHaveAttribute('href', `https://shop.example/pay?order=${lamp}&product=1`)
  await cancel(orders(page).first())
  await expect(orders(page).first()).toHaveText(/^Mug.*Cancelled/)
  expect(await ask(`${server.url}/api/orders/${mug}`, tokenOf('ann'))).toMatchObject({ status: 'cancelled', user_id: 'ann' })

  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByRole('region', { name: '更多订单' }).getByRole('listitem')).toHaveText([/^Mug.*已取消/, /^Lamp.*待付款/])
  await page.getByRole('link', { name: 'Mug' }).click()
  await expect(page.getByRole('heading', { name: 'Mug' })).toBeVisible()
})

test('what ends while the list is open is seen to, and what the page shows is not shown twice', async ({ page, server }) => {
  await put(server.url, { quantity: 5, name: 'Lamp' })
  await put(server.url, { quantity: 5, name: 'Mug', payment_window: '15m' }, 'mug')
  const mug = await buy(server.url, 'ann', 'mug')
  await arrive(page, 'ann')
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await more(page).click()
  await expect(orders(page)).toHaveText(/^Mug.*To pay/)
  await ask(`${server.url}/api/orders/${mug}/cancel`, tokenOf('ann'), { method: 'POST' })
  await expect(orders(page)).toHaveText(/^Mug.*Cancelled/)
})

test('many come page by page, and none is said to be none', async ({ page, server }) => {
  await put(server.url, { quantity: 30, limit_per_user: 30, orders_per_user: 30 })
  for (let n = 0; n < 23; n++) await buy(server.url, 'ann')
  await arrive(page, 'bob')
  await more(page).click()
  await expect(list(page)).toContainText('You have no other orders.')
  await expect(list(page).getByRole('button')).toHaveCount(0)

  await page.getByRole('button', { name: 'Not you?' }).click()
  await arrive(page, 'ann')
  await more(page).click()
  await expect(orders(page)).toHaveCount(20)
  await list(page).getByRole('button', { name: 'Show older ones' }).click()
  await expect(orders(page)).toHaveCount(23)
  await expect(orders(page).last().getByText('Number 1', { exact: true })).toBeVisible()
  await expect(list(page).getByRole('button')).toHaveCount(0)
})

test('a server that is away is asked again, for the list and for what draws it', async ({ page, server }) => {
  await put(server.url, { quantity: 5, name: 'Lamp' })
  await buy(server.url, 'ann')
  await arrive(page, 'ann')
  await expect(more(page)).toBeVisible()
  const missed = page.waitForEvent('requestfailed', (request) => request.url().includes('/assets/'))
  await page.route('**/assets/*', (route) => route.abort())
  await page.route('**/api/me/orders?*', (route) => route.abort())
  await more(page).click()
  await missed
  await page.unroute('**/assets/*')
  await expect(list(page).getByRole('alert')).toHaveText('The server cannot be reached.')
  await page.unroute('**/api/me/orders?*')
  await list(page).getByRole('button', { name: 'Try again' }).click()
  await expect(orders(page)).toHaveText(/^Lamp.*It’s yours/)
})
