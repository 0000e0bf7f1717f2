import type { Locator } from '@playwright/test'
import { expect, test } from '../fixtures'

const small = { buyers: 400, over: '1s', quantity: 30 }

test('what a chart draws can be read with the arrow keys, and with the pointer', async ({ page, server }) => {
  await page.goto(`/products/${await server.rehearse(small)}`)
  const chart = page.getByRole('slider', { name: 'Answers a second' })
  await chart.focus()
  await page.keyboard.press('Home')
  const reading = page.getByRole('figure').filter({ hasText: 'Answers a second' }).locator('[data-reading]')
  await expect(reading).toHaveText(/^0 s, for \d+ ms: (nobody|\d+ placed.*\. [\d,]+ a second)$/)
  const first = await chart.getAttribute('aria-valuetext')
  expect(first).toBe(await reading.textContent())
  await page.keyboard.press('ArrowRight')
  await expect(chart).toHaveAttribute('aria-valuenow', '1')
  await page.keyboard.press('End')
  const last = Number(await chart.getAttribute('aria-valuemax'))
  await expect(chart).toHaveAttribute('aria-valuenow', String(last))
  await chart.blur()
  await expect(reading).toBeEmpty()
  await chart.hover()
  await expect(reading).toHaveText(/^\d.* s, for \d+ ms: /)
})

test('counts are all there are, beside a rate', async ({ page, server }) => {
  await page.goto(`/products/${await server.rehearse(small)}`)
  const answers = page.getByRole('figure').filter({ hasText: 'Answers a second' })
  await expect(answers.getByRole('listitem')).toHaveText(['30 placed', '370 sold out'])
  await expect(page.getByRole('figure', { name: 'Latency, on a logarithmic axis' })).toBeVisible()
})

/** How many pixels of the drawing have each colour. */
async function colours(chart: Locator): Promise<Map<string, number>> {
  const all = await chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    const found: Record<string, number> = {}
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] !== 255) continue
      const colour = `rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`
      found[colour] = (found[colour] ?? 0) + 1
    }
    return found
  })
  return new Map(Object.entries(all))
}

test('a single sample is drawn', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  let asked = 0
  const first = { process: 'a/1', window_s: 1, answers_per_s: {}, latency: { count: 0 }, records: 2, folded: 2 }
  await page.route('**/api/figures', (route) => (asked++ === 0 ? route.fulfill({ json: first }) : undefined)) // and no second one
  await page.goto('/products/1')
  const log = page.getByRole('figure').filter({ hasText: 'Log and store' })
  await expect(log).toContainText('in the log2')
  await expect.poll(async () => (await colours(log)).get('rgb(217, 218, 214)') ?? 0).toBeGreaterThan(5)
})

test('the numbers of an axis are whole, however long', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  const figures = { process: 'a/1', window_s: 1, answers_per_s: {}, latency: { count: 0 }, records: 12_345_678, folded: 12_345_678 }
  await page.route('**/api/figures', (route) => route.fulfill({ json: figures }))
  await page.goto('/products/1')
  const log = page.getByRole('figure').filter({ hasText: 'Log and store' })
  await expect(log).toContainText('12,345,678')
  const atTheEdge = () =>
    log.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, 1, canvas.height) ?? { data: [] }
      return data.filter((value, i) => i % 4 === 3 && value > 0).length
    })
  await expect.poll(async () => (await colours(log)).size).toBeGreaterThan(2)
  expect(await atTheEdge()).toBe(0)
})

test('a mark between two whole numbers is not written as one of them', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  const figures = { process: 'a/1', window_s: 1, answers_per_s: {}, latency: { count: 0 }, records: 10, folded: 10 }
  await page.route('**/api/figures', (route) => route.fulfill({ json: figures }))
  await page.addInitScript(() => {
    const { fillText } = CanvasRenderingContext2D.prototype
    const written: string[] = []
    Object.assign(window, { written })
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
      written.push(text)
      fillText.call(this, text, ...at)
    }
  })
  await page.goto('/products/1')
  const written = () => page.evaluate(() => (window as unknown as { written: string[] }).written)
  await expect.poll(written).toContain('10')
  expect(await written()).not.toContain('3') // 2.5
})

for (const [name, media] of [
  ['forced colours', { forcedColors: 'active' }],
  ['paper', { media: 'print' }],
  ['the dark', { colorScheme: 'dark' }],
] as const) {
  test(`every mark is kept in ${name}`, async ({ page, server }) => {
    await page.emulateMedia(media)
    await page.goto(`/products/${await server.rehearse(small)}`)
    const chart = page.getByRole('figure').filter({ hasText: 'Answers a second' })
    const [placed, soldOut, board] = await chart.evaluate((figure) => {
      const probe = figure.appendChild(document.createElement('i'))
      return ['--chart-placed', '--chart-sold-out', '--board'].map((token) => {
        probe.style.cssText = `forced-color-adjust: none; color: var(${token})`
        return getComputedStyle(probe).color
      })
    })
    expect(new Set([placed, soldOut, board]).size).toBe(3)
    const drawn = async (colour = '') => (await colours(chart)).get(colour) ?? 0
    await expect.poll(() => drawn(placed)).toBeGreaterThan(10)
    await expect.poll(() => drawn(soldOut)).toBeGreaterThan(100)
    for (const strip of await page.locator('.units > span, .mark').all()) {
      if (!(await strip.isVisible())) continue
      const [own, under] = await strip.evaluate((mark) => [mark, mark.parentElement?.closest('.bg-board') ?? document.body].map((at) => getComputedStyle(at).backgroundColor))
      expect(own, await strip.evaluate((mark) => mark.className)).not.toBe(under)
    }
  })
}
