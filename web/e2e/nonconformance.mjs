// Only the walk through nonconformances, with what axe says of its screens in light and dark. It reads the same input as
// screens.mjs.
import { readFileSync } from 'node:fs'
import { must, ready, Walk } from './harness.mjs'
import { nonconformances } from './nonconformances.mjs'

const walk = new Walk(JSON.parse(readFileSync(0, 'utf8')))

async function login() {
  for (const user of ['pl-07', 'op-121', 'sv-05', 'qe-02']) await (await walk.signIn(user)).context().close()
}

async function clean() {
  for (const colorScheme of ['light', 'dark']) {
    const page = await walk.pageOf('qe-02', { colorScheme })
    page.signedIn = true
    for (const path of [
      '/nonconformances?state=all',
      '/nonconformances/NC-1',
      '/defect-codes',
      '/permits?state=all',
      '/quality-cost',
      '/documents/rework/RW-PASTE/A',
    ]) {
      await page.goto(path)
      await ready(page)
      await page.locator('h1').first().waitFor()
      const found = await walk.axe(page)
      must(found.length === 0, `${path}, ${colorScheme}: axe finds ${JSON.stringify(found)}`)
      await walk.shot(page, `${colorScheme}-${path.slice(1)}`)
    }
    await page.context().close()
  }
}

try {
  await walk.open()
  if (await walk.part('Login', login)) {
    await nonconformances(walk)
    await walk.part('Clean', clean)
  }
} finally {
  await walk.close()
}
