// The screens of vision in a real browser: a rule on stored pictures, reviews by keyboard, models, safety, counts, cycles.
// It reads the same input as screens.mjs. Four pictures of CAM-40 are stored, a danger, a count and three cycles.
import { readFileSync } from 'node:fs'
import { must, ready, t, Walk } from './harness.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)

const clean = async (page, what) => {
  const found = await walk.axe(page)
  must(found.length === 0, `${what}: axe finds ${JSON.stringify(found)}`)
}

/** The screen in light and dark, each looked at by axe. */
async function both(page, name) {
  await walk.shot(page, name)
  await clean(page, name)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  await walk.shot(page, `${name}-dark`)
  await clean(page, `${name}, dark`)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor()
}

async function quality(at) {
  const page = await walk.pageOf('qe-02')
  page.signedIn = true
  await page.goto(at)
  await ready(page)
  return page
}

/** The verdict changes under the hand that edits, and what was tried is kept with the revision. */
async function preview() {
  const page = await quality('/documents/inspection_rule/SEAL/A/edit')
  const preview = page.getByRole('region', { name: t('documents.preview.title') })
  await preview.locator('[data-verdict="fail"]').waitFor()
  await preview.getByText('gap: 1 found, none allowed').waitFor()
  must((await preview.locator('svg rect').count()) > 2, 'boxes and zones are not drawn')
  await both(page, 'rule-preview')
  const least = page.getByLabel(t('documents.step_field.min_confidence'), { exact: true })
  await least.fill('0.99')
  await preview.locator('[data-verdict="undecided"]').waitFor()
  await preview.getByText('gap: 0 found, 1 doubtful, none allowed').waitFor()
  await least.fill('0.7')
  await preview.locator('[data-verdict="fail"]').waitFor()
  await page.getByRole('button', { name: t('documents.edit.save') }).click()
  await page.getByRole('button', { name: t('documents.edit.done') }).click()
  await page.waitForURL('**/documents/inspection_rule/SEAL/A')
  await ready(page)
  await page.getByText(t('documents.test.none')).waitFor()
  await page.getByRole('button', { name: t('documents.test.run') }).click()
  await page.locator('[data-test]').first().waitFor()
  await page.getByText(t('documents.test.current')).waitFor()
  const tests = (await walk.api(page, '/inspection-rules/SEAL/A/tests')).items
  must(
    tests.length === 1 && tests[0].outcome.pictures === 4,
    `the test looked at ${tests[0]?.outcome.pictures} pictures`,
  )
  await both(page, 'rule-test')
  await page.context().close()
}

/** The queue by keyboard alone: next, fail, pass with a reason and a signature. */
async function reviews() {
  const page = await quality('/reviews')
  const rows = page.getByRole('navigation', { name: t('reviews.queue') }).locator('[data-id]')
  await rows.first().waitFor()
  must((await rows.count()) === 3, `${await rows.count()} pictures wait, want 3`)
  await page.locator('svg rect').first().waitFor()
  await both(page, 'reviews')
  const first = await rows.first().getAttribute('data-id')
  await page.keyboard.press('n')
  await page.locator(`[aria-current="true"]:not([data-id="${first}"])`).waitFor()
  await page.keyboard.press('k')
  await page.locator(`[aria-current="true"][data-id="${first}"]`).waitFor()
  await page.keyboard.press('f') // the camera's own word: no reason, no signature
  await page.locator(`[data-id="${first}"]`).waitFor({ state: 'detached' })
  must((await walk.api(page, `/reviews/${first}/labels`)).items[0].label === 'fail', 'the key F stored no label')

  const second = await rows.first().getAttribute('data-id')
  await page.locator(`[aria-current="true"][data-id="${second}"]`).waitFor()
  await page.keyboard.press('l')
  const editor = page.getByRole('region', { name: t('reviews.boxes.title') })
  await editor.getByRole('button', { name: t('reviews.boxes.add') }).click()
  await editor.getByRole('button', { name: t('reviews.boxes.remove', { n: 1 }) }).click()
  await walk.shot(page, 'reviews-boxes')
  await clean(page, 'the box editor')
  await page.getByRole('button', { name: t('reviews.say.fail'), exact: true }).click()
  await page.locator(`[data-id="${second}"]`).waitFor({ state: 'detached' })
  const label = (await walk.api(page, `/reviews/${second}/labels`)).items[0]
  must(
    label.corrected && label.predictions.length === 1 && label.predictions[0].x === 240,
    'the box was not stored as drawn',
  )

  const third = await rows.first().getAttribute('data-id')
  await page.locator(`[aria-current="true"][data-id="${third}"]`).waitFor()
  await page.keyboard.press('p') // against the camera: it asks why
  await page.getByText(t('reviews.reason_needed')).waitFor()
  await page.getByLabel(t('reviews.reason'), { exact: true }).fill('It is a reflection')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('sign.meaning'), { exact: true }).waitFor()
  await walk.shot(page, 'reviews-sign')
  await dialog.getByLabel(t('sign.password'), { exact: true }).fill(input.logins['qe-02'])
  await dialog.getByRole('button', { name: t('sign.do.approved') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(t('reviews.empty.title')).waitFor()
  const said = (await walk.api(page, `/reviews/${third}`)).label
  must(
    said.state === 'counts' && said.overrides === 'fail' && said.label === 'pass',
    `the override is ${JSON.stringify(said)}`,
  )
  const zip = await page.request.get(`${input.url}/api/v1/vision/export.zip?form=yolo&state=labelled`)
  must(zip.ok() && (await zip.body()).subarray(0, 2).toString() === 'PK', 'the data set is no archive')
  await page.context().close()
}

async function agreement() {
  const page = await quality('/reviews/agreement')
  const table = page.getByRole('table', { name: t('reviews.agreement.title') })
  await table.getByText('seal-det/5').first().waitFor()
  await both(page, 'agreement')
  await page.goto('/vision')
  await ready(page)
  await page.getByRole('row').filter({ hasText: 'SEAL-0' }).click()
  await page.getByRole('dialog').locator('svg rect').first().waitFor()
  await walk.shot(page, 'vision')
  await clean(page, 'the verdicts')
  await page.context().close()
}

async function models() {
  const page = await quality('/models')
  const row = page.getByRole('row').filter({ hasText: 'seal-det/5' })
  await row.waitFor()
  await both(page, 'models')
  await row.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('models.field.task'), { exact: true }).fill('gaps in the seal')
  await dialog.getByRole('button', { name: t('models.add_run') }).click()
  await dialog.getByLabel(t('models.field.place'), { exact: true }).fill('IPC-40')
  await walk.shot(page, 'model')
  await clean(page, 'the model')
  await dialog.getByRole('button', { name: t('models.save') }).click()
  await dialog.waitFor({ state: 'detached' })
  await row.getByText('IPC-40').waitFor()
  await page.context().close()
}

/** A danger is seen, its station stopped; the terminal says so and starts nothing; the supervisor lifts it. */
async function safety() {
  const page = await walk.pageOf('sv-05')
  page.signedIn = true
  await page.goto('/safety')
  await ready(page)
  await page.getByRole('row').filter({ hasText: 'no_helmet' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText(t('safety.no_picture')).waitFor()
  await drawer.getByRole('button', { name: t('safety.stop'), exact: true }).click()
  const ask = page.getByRole('dialog', { name: t('safety.stop_title', { station: 'ST40' }) })
  await ask.getByLabel(t('orders.reason'), { exact: true }).fill('Nobody goes near without a helmet')
  await ask.getByRole('button', { name: t('safety.stop_confirm', { station: 'ST40' }) }).click()
  const stopped = page.locator('[data-station="ST40"]')
  await stopped.waitFor()
  await drawer.getByRole('button', { name: t('safety.acknowledge'), exact: true }).click()
  const word = page.getByRole('dialog', { name: t('safety.acknowledge') })
  await word.getByLabel(t('orders.reason'), { exact: true }).fill('Helmets handed out')
  await word.getByRole('button', { name: t('vision.answer_confirm') }).click()
  await word.waitFor({ state: 'detached' })
  await page.goto('/safety?state=all')
  await ready(page)
  await stopped.waitFor()
  await both(page, 'safety')

  const terminal = await walk.pageOf('op-121', { viewport: { width: 1280, height: 800 }, terminal: 'ST40' })
  terminal.signedIn = true
  await terminal.goto('/stations/ST40')
  await terminal
    .getByRole('alert')
    .getByText(t('safety.band.title', { station: 'ST40' }))
    .waitFor()
  await walk.shot(terminal, 'terminal-stopped')
  await clean(terminal, 'the stopped terminal')
  await page.goto('/stations')
  await ready(page)
  await page.getByRole('row').filter({ hasText: 'ST40' }).locator('[data-state="stopped"]').waitFor()
  await page.goto('/safety')
  await stopped.getByRole('button', { name: t('safety.lift') }).click()
  const lift = page.getByRole('dialog')
  await lift.getByLabel(t('orders.reason'), { exact: true }).fill('Everybody wears one')
  await lift.getByRole('button', { name: t('safety.lift_confirm', { station: 'ST40' }) }).click()
  await stopped.waitFor({ state: 'detached' })
  await terminal.getByText(t('safety.band.title', { station: 'ST40' })).waitFor({ state: 'detached' })
  await terminal.context().close()
  await page.context().close()
}

async function counts() {
  const page = await quality('/counts')
  const row = page.getByRole('row').filter({ hasText: 'HK-20' })
  await row.getByText('rack 4').waitFor()
  await both(page, 'counts')
  const before = await walk.api(page, '/material-lots?material=HK-20')
  await row.getByRole('button', { name: t('counts.answer') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('vision.answer.recount')).click()
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('The rack was being filled')
  await dialog.getByRole('button', { name: t('vision.answer_confirm') }).click()
  await page.getByText(t('counts.empty.title')).waitFor()
  const after = await walk.api(page, '/material-lots?material=HK-20')
  must(JSON.stringify(after.items) === JSON.stringify(before.items), 'a count has changed the stock')
  await page.context().close()
}

async function cycles() {
  const page = await quality('/cycles')
  await page
    .getByRole('table', { name: t('cycles.title') })
    .getByText('ST40')
    .waitFor()
  await both(page, 'cycles')
  await page.context().close()
}

try {
  await walk.open()
  for (const user of ['qe-02', 'sv-05', 'op-121']) await (await walk.signIn(user)).context().close()
  await walk.part('Preview and test of a rule', preview)
  await walk.part('Reviews by keyboard', reviews)
  await walk.part('Agreement and verdicts', agreement)
  await walk.part('Models', models)
  await walk.part('Safety and the stop of a station', safety)
  await walk.part('Counts', counts)
  await walk.part('Cycles', cycles)
} finally {
  await walk.close()
}
