import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test as base } from '@playwright/test'
import { expectNoSidewaysScroll, noteAnswered } from '../fixtures'
import { freePort } from '../port'

// What somebody does who has just heard of it: a fresh clone, of what is committed, `make run`, and a press or two.
const root = path.join(import.meta.dirname, '../../..')
const builtWithinMs = 600_000

const test = base.extend<object, { address: string }>({
  address: [
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'seckill-clone-'))
      await promisify(execFile)('git', ['clone', '--quiet', root, folder])
      const port = await freePort()
      const { MAKEFLAGS: _, ...env } = process.env // those of the make that runs this test
      // A group of its own, since make does not pass on what ends it.
      const make = spawn('make', ['run', `ARGS=--listen 127.0.0.1:${port}`], { cwd: folder, detached: true, env })
      const gone = once(make, 'exit')
      let said = ''
      await new Promise<void>((serves, reject) => {
        const hear = (text: Buffer) => {
          said += text
          if (said.includes(`http://localhost:${port}`)) serves()
        }
        make.stdout.on('data', hear)
        make.stderr.on('data', hear)
        void gone.then(() => reject(new Error(`make run ended. It said:\n${said}`)))
      })
      await use(`http://127.0.0.1:${port}`)
      process.kill(-make.pid!, 'SIGINT') // as Ctrl-C does
      await gone
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: builtWithinMs },
  ],
  baseURL: async ({ address }, use) => use(address),
})

test.describe.configure({ mode: 'serial' })

for (const [width, height] of [[1440, 900], [360, 740]] as const) {
  test.describe(`at ${width} pixels`, () => {
    test.use({ viewport: { width, height }, locale: 'en-US' })
    for (const [language, presses, live, outcome] of [
      ['English', ['Run the demo sale'], 'of 10,000 buyers answered', '100 placed, 0 oversold, no findings'],
      ['Chinese', ['中文', '运行演示抢购'], '/ 10,000 名买家已得到答复', '下单 100 件，超卖 0 件，无异常'],
    ] as const) {
      test(`make run and ${presses.length === 1 ? 'one press' : 'two presses'} show the demo sale, live and to its end, in ${language}`, async ({ page }) => {
        const answered = await noteAnswered(page)
        await page.goto('/')
        for (const press of presses) await page.getByRole('button', { name: press }).click()
        await expect(page.getByRole('heading', { name: outcome })).toBeVisible()
        const lines = await answered()
        expect(lines.length, 'the count moves').toBeGreaterThan(1)
        for (const line of lines) expect(line).toContain(live)
        await expectNoSidewaysScroll(page)
        await page.screenshot({ path: path.join(import.meta.dirname, `../shots/first-minute-${width}-${language}.png`), fullPage: true })
      })
    }
  })
}
