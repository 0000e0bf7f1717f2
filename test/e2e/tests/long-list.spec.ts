import { expect, test } from '../fixtures'

const orders = 100_000

test('a hundred thousand orders scroll, and every place shows its own order', async ({ page, server }) => {
  test.setTimeout(120_000)
  await server.put('1', { quantity: orders })
  await server.rush('1', orders)

  await page.goto('/order/1')
  await expect(page.getByText('100,000 orders')).toBeVisible()
  const row = (text: string) => page.getByRole('row').filter({ has: page.getByRole('cell', { name: text, exact: true }) })
  await expect(row('1')).toContainText('placed')
  const list = page.getByRole('region', { name: 'Orders' })

  const frames = await list.evaluate(async (element) => {
    const times: number[] = []
    for (let last = performance.now(); times.length < 100; ) {
      element.scrollTop += 400
      const now = await new Promise<number>((next) => requestAnimationFrame(next))
      times.push(now - last)
      last = now
    }
    return times.sort((a, b) => a - b)
  })
  expect(frames[50], 'the median frame, in milliseconds').toBeLessThan(100)

  await list.evaluate((element) => element.scrollTo({ top: 50_000 * 40 }))
  await expect(row('50,001')).toContainText('placed')
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect(row('100,000')).toContainText('placed')
  expect(await page.getByRole('row').count()).toBeLessThan(80)
  await list.focus()
  await page.keyboard.press('Home')
  await expect(row('1')).toContainText('placed')
})
