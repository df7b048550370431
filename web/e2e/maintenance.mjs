// A machine from its request to its hand-back: asked for by the supervisor, locked out and worked on by maintenance at a tablet's width, refused to a
// lot meanwhile, and given back with two signatures.
import { must, ready, t } from './harness.mjs'

const grave = new Set(['serious', 'critical'])
const station = 'ST82'

async function open(walk, user, path) {
  const page = await walk.pageOf(user)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

/** Looks at a screen in light and dark, with axe. */
async function look(walk, page, name) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme })
    await walk.shot(page, colorScheme === 'dark' ? `${name}-dark` : name)
    const found = (await walk.axe(page)).filter((v) => grave.has(v.impact))
    must(found.length === 0, `${name}, ${colorScheme}: axe finds ${JSON.stringify(found)}`)
  }
}

/** The state beside the heading, not the word in the thread. */
const state = (page, word) => page.locator(`[data-variant="tag"][data-state="${word}"]`).waitFor()
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

async function request(walk) {
  const page = await open(walk, 'sv-05', '/maintenance')
  await page.getByRole('heading', { name: t('maintenance.title'), level: 1 }).waitFor()
  await page
    .getByRole('button', { name: t('maintenance.request') })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: t('maintenance.field.station') }).click()
  await page.getByRole('option', { name: new RegExp(station) }).click()
  await dialog.getByLabel(t('maintenance.field.title'), { exact: true }).fill('The press loses pressure')
  await dialog.getByLabel(t('maintenance.field.why'), { exact: true }).fill('Crimps 0.2 mm too wide')
  await look(walk, page, 'maintenance-request')
  await dialog.getByRole('button', { name: t('maintenance.request_confirm'), exact: true }).click()
  await page.getByRole('heading', { name: /MJ-\d{4}: The press loses pressure/, level: 1 }).waitFor()
  walk.job = /MJ-\d{4}/.exec(page.url())[0]
  await press(page, t('maintenance.plan'))
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('maintenance.plan'), exact: true })
    .click()
  await state(page, 'planned')
  await page.context().close()
}

async function sign(walk, page, user, meaning, shot) {
  await page.getByRole('button', { name: t('sign.open') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('sign.who'), { exact: true }).fill(user)
  await dialog.getByLabel(t('sign.password'), { exact: true }).fill(walk.input.logins[user])
  if (shot) await walk.shot(page, shot)
  await dialog.getByRole('button', { name: t(`sign.do.${meaning}`) }).click()
  await dialog.waitFor({ state: 'detached' })
}

async function lockOut(walk, page) {
  const points = ['ST82-E', 'ST82-H']
  for (const id of points) {
    await press(page, t('maintenance.point.set', { id }))
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(t('maintenance.point.number'), { exact: true }).fill(`LK-${id}`)
    await dialog.getByRole('button', { name: t('maintenance.point.set', { id }), exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await press(page, t('maintenance.point.verify', { id }))
    await page
      .getByRole('button', { name: t('maintenance.point.verify', { id }), exact: true })
      .waitFor({ state: 'detached' })
  }
  await page.getByText(t('maintenance.bars.locked', { station })).waitFor()
  await look(walk, page, 'maintenance-locks')
  await press(page, t('maintenance.lockout'))
  await state(page, 'lockout_signing')
  await sign(walk, page, 'mt-03', 'performed', 'maintenance-lockout-sign')
  await state(page, 'locked_out')
}

async function work(walk, page) {
  await press(page, t('maintenance.begin'))
  await state(page, 'in_work')
  await press(page, t('maintenance.findings_add'))
  let dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('maintenance.field.found'), { exact: true }).fill('The seal of the cylinder was worn')
  for (const [field, word] of [
    ['cause', /seal/],
    ['remedy', /Replaced/],
  ]) {
    await dialog.getByRole('combobox', { name: t(`maintenance.field.${field}`) }).click()
    await page.getByRole('option', { name: word }).first().click()
  }
  await dialog.getByRole('button', { name: t('maintenance.save'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await press(page, t('maintenance.time_add'))
  dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: t('maintenance.save'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await press(page, t('maintenance.test'))
  dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('maintenance.field.test_note'), { exact: true }).fill('Ten crimps within 0.02 mm')
  await dialog.getByRole('button', { name: t('maintenance.test_confirm'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await state(page, 'tested')
}

async function handBack(walk, page) {
  for (const id of ['ST82-E', 'ST82-H']) {
    await press(page, t('maintenance.point.remove', { id }))
    await page
      .getByRole('button', { name: t('maintenance.point.remove', { id }), exact: true })
      .waitFor({ state: 'detached' })
  }
  await press(page, t('maintenance.handback'))
  await state(page, 'handback_signing')
  await sign(walk, page, 'mt-03', 'performed')
  await page.context().close()
  const other = await open(walk, 'sv-05', `/maintenance/${walk.job}`)
  await sign(walk, other, 'sv-05', 'verified', 'maintenance-handback-sign')
  await state(other, 'handed_back')
  await other.context().close()
  const last = await open(walk, 'mt-03', `/maintenance/${walk.job}`)
  await press(last, t('maintenance.close'))
  await state(last, 'closed')
  await look(walk, last, 'maintenance-closed')
  await last.context().close()
}

async function plansAndFigures(walk) {
  const page = await open(walk, 'mt-03', '/maintenance/plans')
  await page.getByText('LT-50-SEAL').waitFor()
  await look(walk, page, 'maintenance-plans')
  await press(page, t('maintenance.plans.new'))
  await page.getByRole('dialog').getByLabel(t('maintenance.plans.id'), { exact: true }).waitFor()
  await look(walk, page, 'maintenance-plan')
  await page.keyboard.press('Escape')
  await page.goto('/maintenance/figures')
  await ready(page)
  await page.getByRole('rowheader', { name: new RegExp(station) }).waitFor()
  await look(walk, page, 'maintenance-figures')
  await page.goto('/maintenance?state=all')
  await ready(page)
  await page.getByText(walk.job).first().waitFor()
  await look(walk, page, 'maintenance-list')
  await page.context().close()
}

export async function maintenance(walk) {
  await walk.part('Maintenance', async () => {
    for (const user of ['mt-03', 'sv-05']) await (await walk.signIn(user)).context().close()
    await request(walk)
    const page = await open(walk, 'mt-03', `/maintenance/${walk.job}`)
    await page.setViewportSize({ width: 1024, height: 768 })
    await lockOut(walk, page)
    await work(walk, page)
    await handBack(walk, page)
    await plansAndFigures(walk)
  })
}
