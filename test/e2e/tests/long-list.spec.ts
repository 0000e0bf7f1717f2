import type { Page } from '@playwright/test'
import { counter, expect, itsOwnWork, test } from '../fixtures'

const orders = 100_000

test('a hundred thousand orders: usable while they are placed as fast as may be, and every place shows its own', async ({ page, server }) => {
  await server.put('1', { quantity: orders })
  await page.goto('/products/1')
  await expect(counter(page, 'remaining')).toHaveText('100,000')
  const rushing = server.rush('1', orders)
  await expect(counter(page, 'placed')).not.toHaveText('0')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('o')
  await expect(page.getByRole('region', { name: 'Orders' })).toBeVisible()
  await page.getByRole('button', { name: 'To the end' }).click()
  await rushing

  await page.goto('/order/1')
  await expect(page.getByText('100,000 orders')).toBeVisible()
  const row = (text: string) => page.getByRole('row').filter({ has: page.getByRole('cell', { name: text, exact: true }) })
  await expect(row('1')).toContainText('placed')
  const list = page.getByRole('region', { name: 'Orders' })

  expect(await workOfAFrame(page, 1500), 'milliseconds of the page’s own work per frame').toBeLessThan(100)

  await list.evaluate((element) => element.scrollTo({ top: 50_000 * 40 }))
  await expect(row('50,001')).toContainText('placed')
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(row('100,000')).toContainText('placed')
  expect(await page.getByRole('row').count()).toBeLessThan(80)
  await list.focus()
  await page.keyboard.press('Home')
  await expect(row('1')).toContainText('placed')
})

const million = 1_000_000

/** A million orders take the server a minute to sell; the list cannot tell, where the answers are as the server gives them. */
async function routeAMillion(page: Page) {
  const order = (number: number) => ({
    order_id: `0192f0c1-2345-7abc-8def-${String(number).padStart(12, '0')}`, product_id: '1', user_id: `u${number}`,
    status: 'placed', epoch: 1, number, placed_at: '2026-03-04T09:05:07.000Z',
  })
  await page.route('**/api/products/1/orders?*', (route) => {
    const search = new URL(route.request().url()).searchParams
    const limit = Number(search.get('limit'))
    const first = search.get('order') === 'newest' ? million - limit + 1 : Number(search.get('after') ?? 0) + 1
    const orders = Array.from({ length: Math.min(limit, million - first + 1) }, (_, i) => order(first + i))
    return route.fulfill({ json: { orders: search.get('order') === 'newest' ? orders.reverse() : orders, next: first + limit - 1 } })
  })
  await page.route('**/api/products/1/events', (route) => route.abort())
}

/** What a frame of the page computes while the list is scrolled as fast as by a thumb, through `rows` of it. */
async function workOfAFrame(page: Page, rows: number): Promise<number> {
  const { workedMs } = await itsOwnWork(page)
  const before = await workedMs()
  const frames = await page.getByRole('region', { name: 'Orders' }).evaluate(async (element, rows) => {
    const last = () => Number([...element.querySelectorAll('[aria-rowindex]')].at(-1)?.getAttribute('aria-rowindex'))
    let n = 0
    for (const from = last(); last() < from + rows; n++) {
      element.scrollTop += 120 // 7,000 pixels a second
      await new Promise(requestAnimationFrame)
    }
    return n
  }, rows)
  return ((await workedMs()) - before) / frames
}

const frameMs = 1000 / 60

test('a million orders scroll by rows, and jump to the middle and the end', async ({ page, server }) => {
  await server.put('1', { quantity: million })
  await routeAMillion(page)
  await page.goto('/order/1')
  await expect(page.getByText('1,000,000 orders')).toBeVisible()
  const row = (number: number) =>
    page.getByRole('row').filter({ has: page.getByRole('cell', { name: number.toLocaleString('en'), exact: true }) })
  const shows = async (number: number) => {
    await expect(row(number)).toContainText(`u${number}`)
    await expect(row(number)).toBeInViewport()
  }
  await shows(1)

  const list = page.getByRole('region', { name: 'Orders' })
  await list.hover()
  await page.mouse.wheel(0, 400)
  await expect(row(11)).toBeInViewport()
  await expect(row(9)).not.toBeInViewport()
  expect(await workOfAFrame(page, 1500), 'milliseconds of the page’s own work per frame').toBeLessThan(frameMs)

  await page.getByRole('button', { name: 'To the middle' }).click()
  await shows(500_001)
  await list.hover()
  for (let n = 0; n < 5; n++) await page.mouse.wheel(0, -400)
  await shows(499_960)

  await page.getByRole('button', { name: 'To the end' }).click()
  await shows(million)
  await list.evaluate((element) => element.scrollTo({ top: (element.scrollHeight - element.clientHeight) / 4 }))
  await shows(250_000)
  await list.focus()
  await page.keyboard.press('End')
  await shows(million)
  await page.keyboard.press('m')
  await shows(500_001)
  await page.keyboard.press('Home')
  await shows(1)
  expect(await page.getByRole('row').count()).toBeLessThan(80)
})

/** The same of a search, which goes on behind the last order of the page before. */
async function routeFound(page: Page, before: (after: number) => Promise<void> | void = () => {}) {
  const found = (n: number) => ({
    order_id: `0192f0c1-2345-7abc-8def-${String(n).padStart(12, '0')}`, product_id: `p-${n % 7}`, user_id: `u${n}`,
    status: 'placed', epoch: 1, number: n, placed_at: '2026-03-04T09:05:07.000Z',
  })
  await page.route('**/api/orders?*', async (route) => {
    const search = new URL(route.request().url()).searchParams
    const [after, limit] = [Number(search.get('after') ?? 0), Number(search.get('limit'))]
    await before(after)
    const orders = Array.from({ length: limit }, (_, i) => found(after + i + 1))
    return route.fulfill({ json: { orders, next: String(after + limit), ...(after ? {} : { count: 100_000 }) } })
  })
}

test('what is searched for among a million scrolls at 60 frames a second, however much was scrolled past', async ({ page }) => {
  await routeFound(page)
  await page.goto('/?orders')
  await expect(page.getByText('100,000 orders or more')).toBeVisible()
  const shown = page.getByText(/orders shown, more as you scroll/)
  for (let n = 1; n < 100; n++) {
    await expect(shown).toHaveText(`${n},000 orders shown, more as you scroll`)
    await page.getByRole('button', { name: 'To the end' }).click()
  }
  await expect(shown).toHaveText('100,000 orders shown, more as you scroll')
  await page.getByRole('button', { name: 'To the middle' }).click()
  expect(await workOfAFrame(page, 1500), 'milliseconds of the page’s own work per frame').toBeLessThan(frameMs)
})

test('what is searched for goes on where its end came in sight while it was asked for anew', async ({ page }) => {
  let beginnings = 0
  let refetched = () => {}
  let release = () => {}
  const isAsked = new Promise<void>((resolve) => (refetched = resolve))
  const isAtTheEnd = new Promise<void>((resolve) => (release = resolve))
  await routeFound(page, async (after) => {
    if (after > 0 || ++beginnings !== 2) return
    refetched()
    await isAtTheEnd
  })
  await page.goto('/?orders')
  await expect(page.getByText('1,000 orders shown, more as you scroll')).toBeVisible()
  await isAsked
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(page.getByRole('link', { name: 'u1000', exact: true })).toBeVisible()
  release()
  await expect(page.getByText('2,000 orders shown, more as you scroll')).toBeVisible()
})
