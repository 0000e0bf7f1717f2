import { counter, expect, newest, test } from '../fixtures'

test('one sale live: counts and newest orders move without a reload', async ({ page, server }) => {
  await server.put('1', { quantity: 100 })
  await page.goto('/products/1')
  await expect(page.getByText('No orders yet.')).toBeVisible()
  await server.fill('1', 40, 'first')
  await expect(counter(page, 'remaining')).toHaveText('60')
  await expect(newest(page).first()).toContainText('first-')
  await expect(newest(page).first()).toContainText('40')
  await server.fill('1', 60, 'second')
  await expect(page.getByText('Sold out', { exact: true })).toBeVisible()
  await expect(newest(page).first()).toContainText('second-')
  await newest(page).first().getByRole('link').click()
  await expect(page.getByText('second-').first()).toBeVisible()
  await expect(page).toHaveURL(/order=/)
})

for (const [name, path] of [
  ['the console', '/products/1'],
  ['the buyer', '/buy/1'],
] as const) {
  test(`an answer that is slow to come does not take back what the stream told ${name}`, async ({ page, server }) => {
    await server.put('1', { quantity: 50 })
    let goOn = () => {}
    const sold = new Promise<void>((resolve) => (goOn = resolve))
    await page.route('**/api/products/1', async (route) => {
      const answer = await route.fetch()
      await sold
      await route.fulfill({ response: answer })
    })
    await page.goto(path)
    await expect(page.getByText('50', { exact: true })).toBeVisible()
    await server.fill('1', 20)
    await expect(page.getByText('30', { exact: true })).toBeVisible()
    const came = page.waitForResponse('**/api/products/1')
    goOn()
    await (await came).finished()
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    expect(await page.getByText('30', { exact: true }).isVisible()).toBe(true)
  })
}

test('the countdown runs to the opening, and the sale opens by itself', async ({ page, server }) => {
  const opensIn = (seconds: number) => server.put('1', { quantity: 10, opens_at: new Date(Date.now() + seconds * 1000).toISOString() })
  await opensIn(3600)
  await page.goto('/products/1')
  await expect(page.getByText('Not open yet')).toBeVisible()
  const timer = page.getByRole('timer')
  await expect(timer).toHaveText(/Opens in 5\d:\d\d/)
  const shown = (await timer.textContent()) ?? ''
  await expect(timer).not.toHaveText(shown)
  await opensIn(3)
  await expect(page.getByText('On sale')).toBeVisible()
})

test('the countdown goes by the server, not by a visitor whose clock is an hour off', async ({ page, server }) => {
  await page.clock.install({ time: Date.now() + 3_600_000 })
  await server.put('1', { quantity: 10, opens_at: new Date(Date.now() + 7_200_000).toISOString() })
  await page.goto('/products/1')
  await expect(page.getByRole('timer')).toHaveText(/Opens in (1:5\d|2:00):\d\d/)
})

test('an unknown product is said to be unknown, and shown once it is there', async ({ page, server }) => {
  await page.goto('/products/later')
  await expect(page.getByRole('heading', { name: 'There is no product later' })).toBeVisible()
  await server.put('later', { quantity: 7 })
  await expect(counter(page, 'remaining')).toHaveText('7')
})

test('starting over leaves no order from before on the page', async ({ page, server }) => {
  await server.put('1', { quantity: 10 })
  await server.fill('1', 10)
  await page.goto('/products/1')
  await expect(newest(page)).toHaveCount(10)
  await page.getByRole('button', { name: 'Start over' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
  await expect(counter(page, 'remaining')).toHaveText('10')
  await expect(page.getByText('No orders yet.')).toBeVisible()
})

test('figures move, and say whose they are', async ({ page, server }) => {
  await server.put('1', { quantity: 100 })
  await page.goto('/products/1')
  const { process } = await (await fetch(`${server.url}/api/figures`)).json()
  await expect(page.getByText(`Measured by process ${process}`)).toBeVisible()
  const answers = page.getByRole('figure').filter({ hasText: 'Answers a second' })
  await expect(async () => {
    await server.fill('1', 5, `buyer-${Date.now()}`)
    await expect(answers.getByRole('listitem').filter({ hasText: 'placed' })).toHaveText(/^[1-9]\d* placed/, { timeout: 5000 })
  }).toPass()
  await expect(page.getByRole('figure').filter({ hasText: 'Log and store' })).toContainText('The store is up to date with the log.')
})

test('the server’s clock is shown with its error, and the error is small', async ({ page, server }) => {
  await server.put('1', { quantity: 10 })
  await page.goto('/products/1')
  await expect(page.getByText(/Server’s clock \d\d:\d\d:\d\d ± \d+(\.\d+)? ms/)).toBeVisible()
})

test('every step says beforehand what it will do', async ({ page, server }) => {
  await server.put('1', { quantity: 100 })
  await server.fill('1', 30)
  await page.goto('/products/1')
  await expect(page.getByText('Nobody can buy until you resume it.')).toBeVisible()
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('Buyers can buy again.')).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()

  await page.getByRole('button', { name: 'Change terms' }).click()
  await expect(page.getByText('Nothing changes yet.')).toBeVisible()
  await page.getByLabel('Quantity').fill('150')
  await expect(page.getByText('50 units more can be bought. Its 30 orders stay.')).toBeVisible()
  await page.getByRole('button', { name: 'Change the terms' }).click()
  await expect(counter(page, 'remaining')).toHaveText('120')
  await expect(page.getByLabel('Quantity')).toBeHidden()
})

test('verify judges at the press of a button, in words that are all known', async ({ page, server }) => {
  await server.put('1', { quantity: 20, payment_window: '1h' })
  await server.fill('1', 20)
  await page.goto('/products/1')
  const answered = page.waitForResponse('**/api/verify')
  await page.getByRole('button', { name: 'Verify now' }).click()
  const { checks } = (await (await answered).json()) as { checks: { invariant: string }[] }
  await expect(page.getByText('No findings')).toBeVisible()
  await expect(page.getByText('remaining 0 + held 20 + in flight 0 + returns pending 0 = quantity 20')).toBeVisible()
  await page.getByText('more equations, and all hold').click()
  const invariants = new Set(checks.map(({ invariant }) => invariant))
  await expect(page.getByRole('img', { name: 'holds' })).toHaveCount(invariants.size)
  for (const name of invariants) await expect(page.getByText(name, { exact: true }), name).toHaveCount(0)
})

test('a finding is told, with where to look', async ({ page, server }) => {
  await server.put('1', { quantity: 20 })
  await page.route('**/api/verify', async (route) => {
    const verdict = await (await route.fetch()).json()
    const finding = { invariant: 'units', product: '1', place: 'gate', words: 'not so: held <= quantity', numbers: [{ name: 'held', value: 21 }] }
    await route.fulfill({ json: { ...verdict, findings: [finding] } })
  })
  await page.goto('/products/1')
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText('1 finding')).toBeVisible()
  await expect(page.getByText('not so: held <= quantity: held 21 · 1 · gate')).toBeVisible()
})
