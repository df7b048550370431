// Walks through the screens of a running system as people do, in a real browser, and tells what it found: one line of
// JSON a finding. It reads {url, artifacts, chromium, logins, terminals, badge, pin, order, lot} as JSON from standard input.
import { readFileSync } from 'node:fs'
import { accessibility } from './accessibility.mjs'
import { board } from './board.mjs'
import { calls } from './calls.mjs'
import { capas } from './capas.mjs'
import { dispatch } from './dispatch.mjs'
import { documents } from './documents.mjs'
import { audit } from './audit.mjs'
import { must, ready, t, Walk } from './harness.mjs'
import { inspections } from './inspections.mjs'
import { labour } from './labour.mjs'
import { machines } from './machines.mjs'
import { maintenance } from './maintenance.mjs'
import { nonconformances } from './nonconformances.mjs'
import { oee } from './oee.mjs'
import { orders } from './orders.mjs'
import { record } from './record.mjs'
import { people } from './people.mjs'
import { recalls } from './recalls.mjs'
import { records } from './records.mjs'
import { terminal } from './terminal.mjs'
import { terminals } from './terminals.mjs'
import { trends } from './trends.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)

async function login() {
  const page = await walk.pageOf()
  await page.goto('/')
  await walk.shot(page, 'login')
  await walk.fillLogin(page, 'pl-07', 'not the password')
  await page.getByRole('alert').waitFor()
  must(
    (await page.getByLabel(t('app.login.password'), { exact: true }).inputValue()) === '',
    'the wrong password stays',
  )
  await walk.shot(page, 'login-refused')
  await page.context().close()
  for (const user of ['pl-07', 'op-121', 'sv-05', 'admin', 'qe-02']) await (await walk.signIn(user)).context().close()
}

/** Language and colours are the person's own: switched in the menu, kept over a reload. */
async function preferences() {
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  await page.goto('/orders')
  await ready(page)
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByRole('button', { name: 'pl-07' }).click()
  await page.getByRole('menuitem', { name: t('app.account.other_language') }).click()
  await page.getByRole('heading', { name: t('orders.title', {}, 'de'), level: 1 }).waitFor()
  must((await page.locator('html').getAttribute('lang')) === 'de', 'the document does not say that it is German')
  await page.getByRole('button', { name: 'pl-07' }).click()
  await page.getByRole('menuitem', { name: t('app.account.dark', {}, 'de') }).click()
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  must((await ground()) !== light, 'dark has the same ground as light')
  await page.reload()
  await page.getByRole('heading', { name: t('orders.title', {}, 'de'), level: 1 }).waitFor()
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  await walk.shot(page, 'orders-german-dark')
  await page.context().close()
}

try {
  await walk.open()
  if (await walk.part('Login', login)) {
    await orders(walk)
    await terminal(walk)
    await terminals(walk)
    await records(walk)
    await documents(walk)
    await people(walk)
    await audit(walk)
    await labour(walk)
    await inspections(walk)
    await record(walk)
    await recalls(walk)
    await capas(walk)
    await machines(walk)
    await maintenance(walk)
    await nonconformances(walk)
    await calls(walk)
    await board(walk)
    await trends(walk)
    await oee(walk)
    await dispatch(walk)
    await walk.part('Preferences', preferences)
    await accessibility(walk)
  }
} finally {
  await walk.close()
}
