// A browser becomes a station's terminal, is worked at with badge and PIN, and is revoked; shifts let people in and out.
import { must, ready, t } from './harness.mjs'

const screen = { viewport: { width: 1280, height: 800 } }
const station = 'ST50'

async function fill(page, user, password) {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('terminals.field.user'), { exact: true }).fill(user)
  await dialog.getByLabel(t('terminals.field.password'), { exact: true }).fill(password)
  await dialog.getByLabel(t('people.field.reason'), { exact: true }).fill('the screen is new here')
  await dialog.getByRole('button', { name: t('terminals.register.confirm'), exact: true }).click()
  return dialog
}

/** The operator is signed in all the while; somebody who may not is refused, and a supervisor registers the screen. */
async function register(walk) {
  const page = await walk.pageOf(undefined, screen) // a session of its own: it ends with the terminal
  page.refusals = /\/api\/v1\/terminals$/
  await page.goto(`/stations/${station}`)
  await page.getByText(t('terminals.login.unregistered', { station })).waitFor()
  await walk.shot(page, 'terminal-no-badge-here')
  await walk.fillLogin(page, 'op-121', walk.input.logins['op-121'])
  await page.getByRole('heading', { name: t('terminals.unregistered.title', { station }) }).waitFor()
  page.signedIn = true
  must((await page.locator('footer').count()) === 0, 'an unregistered screen offers actions')
  await walk.shot(page, 'terminal-unregistered')
  await page.getByRole('button', { name: t('terminals.register.open', { station }) }).click()
  const dialog = await fill(page, 'op-109', walk.input.logins['op-109'])
  await dialog.getByRole('alert').filter({ hasText: 'terminal.register' }).waitFor()
  await walk.shot(page, 'terminal-register-refused')
  await fill(page, 'sv-05', walk.input.logins['sv-05'])
  await page.locator('footer button').last().waitFor()
  const me = await walk.api(page, '/me')
  must(me.id === 'op-121' && me.station === station, `at the terminal stands ${me.id} at ${me.station}`)
  const cookies = await page.context().cookies()
  const cookie = cookies.find((c) => c.name === 'steelthread_terminal')
  must(cookie?.httpOnly && cookie.sameSite === 'Strict', `the cookie is ${JSON.stringify({ ...cookie, value: '' })}`)
  await walk.shot(page, 'terminal-registered')

  await page.goto('/stations/ST60')
  await page.getByRole('heading', { name: t('terminals.other.title', { here: station, station: 'ST60' }) }).waitFor()
  await walk.shot(page, 'terminal-of-another-station')
  await page.getByRole('link', { name: t('terminals.other.go', { here: station }) }).click()
  await page.locator('footer button').last().waitFor()
  return page
}

/** Sign out, and in again with the badge: the terminal asks for it by itself. */
async function badge(walk, page) {
  page.signedIn = false
  await page.getByRole('button', { name: 'op-121' }).click()
  await page.getByRole('menuitem', { name: t('app.account.sign_out') }).click()
  await page.getByRole('heading', { name: t('app.login.at', { station }) }).waitFor()
  await walk.shot(page, 'terminal-badge')
  await page.getByLabel(t('app.login.badge'), { exact: true }).fill(walk.input.badge)
  await page.getByRole('button', { name: t('app.login.to_pin') }).click()
  await page.getByLabel(t('app.login.pin'), { exact: true }).fill(walk.input.pin)
  await page.getByRole('button', { name: t('app.login.submit') }).click()
  await page.locator('footer button').last().waitFor()
}

/** Revoked from a desk, the terminal ends while somebody looks at it. */
async function revoke(walk, page) {
  page.refusals = /\/api\/v1\// // from the revocation on
  page.signedIn = false
  const desk = await walk.pageOf('admin')
  desk.signedIn = true
  await desk.goto('/terminals')
  await ready(desk)
  const row = desk.getByRole('row').filter({ hasText: t('terminals.register.default_name', { station }) })
  await row.first().waitFor()
  await walk.shot(desk, 'terminals')
  await row.first().click()
  await desk.getByRole('dialog').waitFor()
  await walk.shot(desk, 'terminal-dialog')
  await desk.getByRole('button', { name: t('terminals.revoke.open'), exact: true }).click()
  await desk.getByLabel(t('orders.reason'), { exact: true }).fill('the screen was taken away')
  await desk.getByRole('button', { name: t('terminals.revoke.confirm') }).click()
  await row.filter({ hasText: t('status.terminal.revoked') }).waitFor()
  await walk.shot(desk, 'terminals-revoked')
  await desk.context().close()

  await page.getByRole('heading', { name: t('app.login.title') }).waitFor()
  await page.getByText(t('terminals.login.unregistered', { station })).waitFor()
  await walk.shot(page, 'terminal-revoked')
  await page.context().close()
}

/** Puts a person on a shift, lets him in outside it, and takes him off again. */
async function shifts(walk) {
  const page = await walk.pageOf('sv-05')
  page.signedIn = true
  await page.goto('/shifts')
  await ready(page)
  await page
    .getByRole('table', { name: t('shifts.assignments') })
    .getByText('op-140')
    .waitFor()
  await walk.shot(page, 'shifts')
  await page.getByRole('button', { name: t('shifts.override.open') }).click()
  await page.getByRole('combobox', { name: t('shifts.column.person') }).fill('op-140')
  await page.getByRole('option', { name: /op-140/ }).click()
  await page.getByLabel(t('orders.reason'), { exact: true }).fill('a colleague is ill')
  await walk.shot(page, 'shift-override')
  await page.getByRole('button', { name: t('shifts.override.confirm'), exact: true }).click()
  await page
    .getByRole('table', { name: t('shifts.overrides') })
    .getByText('a colleague is ill')
    .waitFor()

  await page.getByRole('button', { name: t('shifts.assign.open') }).click()
  await page.getByRole('combobox', { name: t('shifts.column.person') }).fill('op-109')
  await page.getByRole('option', { name: /op-109/ }).click()
  await page.getByLabel(t('people.field.reason'), { exact: true }).fill('covers for a colleague')
  await walk.shot(page, 'shift-assign')
  await page.getByRole('button', { name: t('shifts.assign.confirm'), exact: true }).click()
  const row = page
    .getByRole('table', { name: t('shifts.assignments') })
    .getByRole('row')
    .filter({ hasText: 'op-109' })
  await row.getByRole('button', { name: t('shifts.end.open') }).click()
  await page.getByLabel(t('orders.reason'), { exact: true }).fill('was a test')
  await page.getByRole('button', { name: t('shifts.end.confirm') }).click()
  await row.waitFor({ state: 'detached' })
  await walk.shot(page, 'shifts-after')
  await page.getByRole('button', { name: t('shifts.new') }).click()
  await page.getByLabel(t('shifts.field.id'), { exact: true }).waitFor()
  await walk.shot(page, 'shift-new')
  await page.context().close()
}

export async function terminals(walk) {
  await walk.part('Terminals', async () => {
    const page = await register(walk)
    await badge(walk, page)
    await revoke(walk, page)
  })
  await walk.part('Shifts', () => shifts(walk))
}
