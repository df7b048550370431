// People: a new account, its first password, what a given password lets one do, a role, and the end.
import { must, ready, t } from './harness.mjs'

const reason = 'Covers for Petra in May.'

async function create(walk, page, id) {
  await page.goto('/people')
  await ready(page)
  await page.locator('tr[data-id="pl-07"]').waitFor()
  await walk.shot(page, 'people')
  await page
    .getByRole('button', { name: t('people.new') })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('people.field.id'), { exact: true }).fill(id)
  await dialog.getByLabel(t('people.field.name'), { exact: true }).fill('Ida Iversen')
  await dialog.getByLabel(t('people.column.roles')).click()
  await page.getByRole('option', { name: t('app.role.planner') }).click()
  await page.keyboard.press('Tab')
  await dialog.getByLabel(t('people.field.reason')).fill(reason)
  await walk.shot(page, 'people-new')
  await dialog.getByRole('button', { name: t('people.create.confirm') }).click()
  await page.locator('aside h2', { hasText: id }).waitFor()
}

/** Opens an entry of the drawer's menu. */
async function more(page, name) {
  await page
    .locator('aside')
    .getByRole('button', { name: t('list.more') })
    .click()
  await page.getByRole('menuitem', { name }).click()
}

async function givePassword(walk, page) {
  await more(page, t('people.give.password'))
  await page.getByRole('dialog').getByLabel(t('people.field.reason')).fill('Starts on Monday.')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('people.give.password') })
    .click()
  const secret = await page.getByTestId('shown-once').textContent()
  await walk.shot(page, 'people-shown-once')
  await page.getByRole('button', { name: t('people.noted') }).click()
  must((await page.getByTestId('shown-once').count()) === 0, 'the password is still shown')
  return secret.trim()
}

/** With a password that somebody else knows, a person can do nothing but choose another. */
async function firstDay(walk, id, given) {
  const page = await walk.pageOf()
  await page.goto('/orders')
  await walk.fillLogin(page, id, given)
  await page.getByText(t('people.own.must_password', { name: 'Ida Iversen' })).waitFor()
  must((await page.getByRole('navigation').count()) === 0, 'the screens are open with a given password')
  await walk.shot(page, 'people-must-change')
  await page.getByLabel(t('people.own.current_password')).fill(given)
  await page.getByLabel(t('people.own.new_password')).fill('my-own-password')
  await page.getByLabel(t('people.own.again')).fill('my-own-password')
  await page.getByRole('button', { name: t('people.own.set_password') }).click()
  await page.getByRole('heading', { name: t('orders.title'), level: 1 }).waitFor()
  page.signedIn = true
  await page.getByRole('button', { name: id }).click()
  await page.getByRole('menuitem', { name: t('people.own.title') }).click()
  await page.getByRole('tab', { name: t('people.sessions') }).click()
  await page.getByText(t('people.session.mine')).waitFor()
  await walk.shot(page, 'people-own')
  return page
}

async function roles(walk, page) {
  const drawer = page.locator('aside')
  await drawer.getByRole('button', { name: t('people.role.give') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: t('people.role.role') }).click()
  await page.getByRole('option', { name: t('app.role.quality') }).click()
  await dialog.getByLabel(t('people.field.reason')).fill(reason)
  await dialog.getByRole('button', { name: t('people.role.give') }).click()
  await drawer.locator('tr[data-role="quality"]', { hasText: reason }).waitFor()
  await walk.shot(page, 'people-drawer')
}

async function token(walk, page) {
  await page.goto('/people?state=programs&sel=erp')
  await ready(page)
  await page.getByRole('tab', { name: t('people.tokens') }).click()
  await page.getByRole('button', { name: t('people.token.new') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('people.token.name')).fill('browser')
  await dialog.getByLabel(t('people.token.scopes')).click()
  await page.getByRole('option', { name: 'order.read' }).click()
  await page.keyboard.press('Tab')
  await dialog.getByLabel(t('people.field.reason')).fill('For the walk.')
  await dialog.getByRole('button', { name: t('people.token.new') }).click()
  const secret = (await page.getByTestId('shown-once').textContent()).trim()
  const ask = () =>
    page.request.fetch(`${walk.input.url}/api/v1/work-orders`, { headers: { authorization: `Bearer ${secret}` } })
  must((await ask()).status() === 200, 'the new token is refused')
  await page.getByRole('button', { name: t('people.noted') }).click()
  await walk.shot(page, 'people-tokens')
  const row = page.locator('tr[data-token="browser"]')
  await row.getByRole('button', { name: t('people.token.end') }).click()
  await page.getByRole('dialog').getByLabel(t('people.field.reason')).fill('The walk is over.')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('people.token.end') })
    .click()
  await row.getByText(t('status.token.revoked')).first().waitFor()
  must((await ask()).status() === 401, 'an ended token still opens the API')
}

async function end(walk, page, id, theirs) {
  await page.goto(`/people?sel=${id}`)
  await ready(page)
  await more(page, t('people.ask.end.confirm'))
  await page.getByRole('dialog').getByLabel(t('people.field.reason')).fill('Left the company.')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('people.ask.end.confirm') })
    .click()
  await page.locator('aside').getByText(t('status.account.ended')).first().waitFor()
  // Their own open screen asks who they are, at once and without a touch.
  await theirs.locator('input[name="password"]').waitFor()
}

export async function people(walk) {
  const page = await walk.pageOf('admin')
  page.signedIn = true
  const id = `ida-${Date.now() % 1e6}`
  let given, theirs
  const parts = {
    Create: async () => create(walk, page, id),
    GivePassword: async () => (given = await givePassword(walk, page)),
    FirstDay: async () => (theirs = await firstDay(walk, id, given)),
    Roles: () => roles(walk, page),
    Token: () => token(walk, page),
    End: async () => {
      theirs.signedIn = false // the server's 401 is its right answer from here
      await end(walk, page, id, theirs)
      walk.complaints = walk.complaints.filter((said) => !said.includes('401'))
    },
  }
  for (const [name, run] of Object.entries(parts)) if (!(await walk.part(`People/${name}`, run))) break
  await theirs?.context().close()
  await page.context().close()
}
