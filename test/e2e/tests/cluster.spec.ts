import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test as base } from '@playwright/test'
import { buyAs, counter, noteAnswered } from '../fixtures'
import { freePort } from '../port'

// The main path once more where many processes sell: Redis, Kafka, Postgres and nginx, all real. It takes what
// `make cluster` takes.
const script = path.join(import.meta.dirname, '../../../scripts/cluster.py')
const readyWithinMs = 600_000

const test = base.extend<object, { cluster: string }>({
  cluster: [
    async ({}, use) => {
      const port = await freePort()
      const child = spawn('python3', [script, '--port', String(port)])
      await ready(child)
      await use(`http://127.0.0.1:${port}`)
      child.kill('SIGINT')
      await once(child, 'exit')
    },
    { scope: 'worker', timeout: readyWithinMs },
  ],
  baseURL: async ({ cluster }, use) => use(cluster),
})

async function ready(child: ChildProcess) {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += text
      if (said.includes('To buy')) resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('exit', () => reject(new Error(`the cluster did not start. It said:\n${said}`)))
  })
}

test.describe.configure({ mode: 'serial' })

test('the demo sale, from one press to no findings', async ({ page }) => {
  const answered = await noteAnswered(page)
  await page.goto('/')
  await page.getByRole('button', { name: 'Run the demo sale' }).click()
  await expect(page.getByRole('heading', { name: '100 placed, 0 oversold, no findings' })).toBeVisible()
  expect((await answered()).length, 'the count moves').toBeGreaterThan(1)
})

test('put on sale, bought, paid, and judged; figures are those of all processes', async ({ page, context }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Put a product on sale' }).click()
  await page.getByLabel('Product id').fill('1')
  await page.getByText('Closing, payment, limits, price, links').click()
  await page.getByLabel('Time to pay').selectOption('15 minutes')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(counter(page, 'remaining')).toHaveText('100')

  await page.goto('/products/1')
  await expect(page.getByText('Measured by the slowest of the processes')).toBeVisible()
  const buyer = await context.newPage()
  await buyer.goto('/buy/1')
  await buyAs(buyer, 'ann')
  await expect(buyer.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  await buyer.getByRole('button', { name: 'Pay' }).click()
  await expect(buyer.getByRole('heading', { name: 'Paid' })).toBeVisible()

  await expect(counter(page, 'paid')).toHaveText('1')
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText('No findings')).toBeVisible()
})
