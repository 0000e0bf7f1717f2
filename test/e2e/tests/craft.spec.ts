import type { Locator, Page } from '@playwright/test'
import { buyAs, expect, expectNoFindings, newest, test } from '../fixtures'
import type { Server } from '../server'

const priced = { payment_window: '15m', price: { amount: 1999, currency: 'EUR' } }

test('an unknown address has a page that says so, and the way on', async ({ page, server }) => {
  const answer = await page.goto(`${server.url}/nowhere/at/all`)
  expect(answer?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'There is no such page.' })).toBeVisible()
  await expectNoFindings(page)
  await page.getByRole('link', { name: 'To the console' }).click()
  await expect(page.getByText('Nothing is on sale')).toBeVisible()
})

test('after the demo stand three next steps, which lead on', async ({ page, server }) => {
  await page.goto(`/products/${await server.rehearse({ buyers: 400, over: '1s', quantity: 30 })}`)
  const steps = page.getByRole('region', { name: 'What comes next' }).getByRole('listitem')
  await expect(steps).toHaveCount(3)
  for (const link of await steps.getByRole('link').all()) expect((await fetch(new URL((await link.getAttribute('href')) ?? '', server.url))).status).toBe(200)
})

for (const [name, width, height] of [
  ['small', 568, 320],
  ['large', 844, 390],
] as const) {
  test(`a ${name} phone that lies shows Buy without scrolling`, async ({ page, server }) => {
    await server.put('1', { quantity: 100, name: 'Anniversary keyboard' })
    await page.setViewportSize({ width, height })
    await page.goto('/buy/1')
    const buy = page.getByRole('button', { name: 'Buy one' })
    await expect(buy).toBeVisible()
    await expect(buy).toBeInViewport({ ratio: 1 })
    await expect(page.getByRole('heading', { name: 'Anniversary keyboard' })).toBeInViewport({ ratio: 1 })
  })
}

for (const width of [360, 1440]) {
  test(`the number of the ten millionth order is beside its user, and not on it, at ${width} pixels`, async ({ page, server }) => {
    await page.setViewportSize({ width, height: 900 })
    await server.put('1', { quantity: 5 })
    await server.fill('1', 1)
    const order = { order_id: '0192f0c1-2345-7abc-8def-000000000001', product_id: '1', user_id: 'u1', status: 'placed', epoch: 1, number: 10_000_000 }
    await page.route('**/api/products/1/orders?*', (route) => route.fulfill({ json: { orders: [order] } }))
    await page.goto('/products/1')
    await expect(newest(page).first()).toContainText('10,000,000')
    const over = await newest(page).first().evaluate((row) => [...row.children].filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent))
    expect(over).toEqual([])
  })
}

/** What stands in each row of buttons, where they are in one row: the same height and the same line. */
async function expectLevel(buttons: Locator) {
  await expect(buttons.last()).toBeVisible()
  const boxes = (await Promise.all((await buttons.all()).map((button) => button.boundingBox()))).filter((box) => box !== null)
  expect(boxes.length).toBeGreaterThan(1)
  for (const box of boxes) {
    expect(box.height).toBe(boxes[0]?.height)
    for (const other of boxes) if (Math.abs(other.y - box.y) < box.height) expect(other.y).toBe(box.y)
  }
}

for (const width of [320, 768, 1440]) {
  test(`buttons in a row are on one line, at ${width} pixels`, async ({ page, server }) => {
    await page.setViewportSize({ width, height: 900 })
    await server.put('1', { quantity: 100 })
    for (const path of ['/', '/products/1']) {
      await page.goto(path)
      await expectLevel(page.getByRole('button', { name: /^(Pause|Close|Start over|Change terms)$/ }))
    }
    await server.step('1', 'close')
    await expectLevel(page.getByRole('button', { name: /^(Open again|Archive|Delete|Start over|Change terms)$/ }))
  })
}

type Press = { name: string; path: string; prepare: (server: Server) => Promise<unknown>; press: (page: Page) => Promise<unknown> }
const button = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).first().click()
const selling = (server: Server) => server.put('1', { quantity: 10, ...priced })

async function paid(server: Server) {
  await selling(server)
  await server.fill('1', 1)
  const order = await server.orderOf('buyer-1')
  await server.pay('pay_1', order)
  await server.pay('pay_2', order)
}

async function closed(server: Server) {
  await selling(server)
  await server.step('1', 'close')
}

const destructive: Press[] = [
  { name: 'deleting a sale', path: '/products/1', prepare: closed, press: button('Delete') },
  { name: 'closing a sale', path: '/products/1', prepare: selling, press: button('Close') },
  { name: 'starting over', path: '/products/1', prepare: selling, press: button('Start over') },
  { name: 'voiding an order', path: '/order/1', prepare: paid, press: button('Void order 1') },
  { name: 'noting a refund', path: '/products/1?payments', prepare: paid, press: (page) => page.getByRole('button', { name: /pay_2/ }).first().click() },
  { name: 'deleting a rehearsal', path: '/?rehearsals', prepare: (server) => server.rehearse({ buyers: 100, over: '1s', quantity: 5 }), press: button('Delete') },
  { name: 'stopping a rehearsal', path: '/?rehearsals', prepare: (server) => server.begin({ buyers: 100, over: '60s', quantity: 5 }), press: button('Stop it') },
]

for (const { name, path, prepare, press } of destructive) {
  test(`${name} is asked first, with Escape as a way out`, async ({ page, server }) => {
    await prepare(server)
    await page.goto(path)
    const changes: string[] = []
    page.on('request', (request) => request.method() === 'GET' || changes.push(`${request.method()} ${request.url()}`))
    await press(page)
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    expect(changes).toEqual([])
  })
}

test('a buyer who cancels is asked first', async ({ page, server }) => {
  await selling(server)
  await page.goto('/buy/1')
  await buyAs(page, 'ann')
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByText('Time left to pay')).toBeVisible()
})

test('numbers that stand below each other are of one width', async ({ page, server }) => {
  await server.put('1', { quantity: 30, ...priced })
  await server.fill('1', 12)
  for (const path of ['/products/1', '/products/1?recap', '/order/1']) {
    await page.goto(path)
    await expect(page.getByRole('main')).toContainText('12')
    const loose = await page.getByRole('main').evaluate((main) =>
      [...main.querySelectorAll('dd, td, [role=cell], [data-count], ol li span')]
        .filter((cell) => cell.children.length === 0 && /^[\d.,:\s-]*\d[\d.,:\s-]*$/.test(cell.textContent ?? ''))
        .filter((cell) => !getComputedStyle(cell).fontVariantNumeric.includes('tabular-nums'))
        .map((cell) => cell.outerHTML),
    )
    expect(loose, path).toEqual([])
  }
})
