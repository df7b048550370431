// What the walk through the screens stands on: one browser, people who are signed in, findings told line by line.
import axe from 'axe-core'
import { readdirSync, readFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** Chromium asks nobody outside and needs no graphics; the sandbox is off since tests run as root in containers. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How long anything may take to appear, in ms: a busy machine is slow, not wrong. */
const patience = 30_000

/** MES_WALK is a pattern of the parts that a developer wants to see; without it all are walked. */
const only = process.env.MES_WALK ? new RegExp(process.env.MES_WALK) : undefined

const catalogues = { en: {}, de: {} }
for (const language of ['en', 'de'])
  for (const name of readdirSync(new URL(`../src/i18n/${language}/`, import.meta.url)))
    Object.assign(
      catalogues[language],
      JSON.parse(readFileSync(new URL(`../src/i18n/${language}/${name}`, import.meta.url), 'utf8')),
    )

/** The catalogue's text: the walk looks for the words that the screens are meant to show. */
export function t(key, values = {}, language = 'en') {
  const text = catalogues[language][key]
  if (text === undefined) throw new Error(`the catalogue has no ${key}`)
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => String(values[name] ?? ''))
}

/** Tells one finding to the test that started this script. */
const tell = (finding) => process.stdout.write(`${JSON.stringify(finding)}\n`)

export class Walk {
  constructor(input) {
    this.input = input
    this.complaints = []
    this.states = new Map()
    mkdirSync(input.artifacts, { recursive: true })
  }

  async open() {
    const { chromium: executablePath } = this.input
    // --headless is among the flags, so that Playwright adds no other kind of it.
    this.browser = await chromium.launch({ executablePath, headless: true, args: flags, timeout: 120_000 })
  }

  async close() {
    await this.browser?.close()
  }

  /** Does one part of the walk. A part that fails is told and the next one goes on. */
  async part(name, run) {
    if (only && name !== 'Login' && !only.test(name)) return true
    const before = this.complaints.length
    try {
      await run()
      const said = this.complaints.slice(before)
      tell({ name, ok: said.length === 0, detail: said.map((c) => `console: ${c}`).join('\n') })
      return said.length === 0
    } catch (error) {
      if (this.page && !this.page.isClosed()) await this.shot(this.page, `failed-${name}`).catch(() => undefined)
      const said = this.complaints.slice(before).map((c) => `\nconsole: ${c}`)
      tell({ name, ok: false, detail: `${error.message}${said.join('')}` })
      return false
    }
  }

  note(name, detail) {
    tell({ name, ok: true, detail })
  }

  /** A page of somebody who is signed in as this user, or of nobody; with a terminal it stands at that station. */
  async pageOf(user, { terminal, ...options } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.input.url,
      locale: 'en-GB',
      colorScheme: 'light',
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
      ...(user ? { storageState: this.states.get(user) } : {}),
      ...options,
    })
    context.setDefaultTimeout(patience)
    if (terminal)
      await context.addCookies([
        {
          name: 'steelthread_terminal',
          value: this.input.terminals[terminal],
          url: this.input.url,
          httpOnly: true,
          sameSite: 'Strict',
        },
      ])
    const page = await context.newPage()
    this.page = page
    this.listen(page)
    return page
  }

  /** Collects what the page complains of. Before somebody is signed in, the server's 401 is its right answer. */
  listen(page) {
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      const { url } = message.location()
      const asks = /\/api\/v1\/(me|login)$/.test(url) && message.text().includes('401')
      if (asks && !page.signedIn) return
      if (page.refusals?.test(url)) return // a refusal that the walk asks for
      this.complaints.push(`${page.url()}: ${message.text()} (${url})`)
    })
  }

  /** Signs in through the form and keeps the session for later pages of the same person. */
  async signIn(user, options) {
    const page = await this.pageOf(undefined, options)
    await page.goto('/')
    await this.fillLogin(page, user, this.input.logins[user])
    await page.getByRole('navigation', { name: t('app.rail.label') }).waitFor()
    page.signedIn = true
    this.states.set(user, await page.context().storageState({ indexedDB: false }))
    return page
  }

  async fillLogin(page, user, password) {
    await page.getByLabel(t('app.login.user'), { exact: true }).fill(user)
    await page.getByLabel(t('app.login.password'), { exact: true }).fill(password)
    await page.getByRole('button', { name: t('app.login.submit') }).click()
  }

  /** Reads the API in the page's session. */
  async api(page, path) {
    const answer = await page.request.get(`${this.input.url}/api/v1${path}`)
    if (!answer.ok()) throw new Error(`GET ${path} answers ${answer.status()}: ${await answer.text()}`)
    return answer.json()
  }

  async shot(page, name) {
    await page.screenshot({
      path: join(this.input.artifacts, `${name.replaceAll(/[^\w-]+/g, '-')}.png`),
      timeout: patience,
    })
  }

  /** All that axe finds on the page as it is: rule, how bad, and where. */
  async axe(page) {
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ['violations'], performanceTimer: false }),
    )
    return violations.map((v) => ({
      rule: v.id,
      impact: v.impact,
      where: v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.html.slice(0, 160)} ${n.failureSummary ?? ''}`),
      count: v.nodes.length,
    }))
  }
}

/** Fails with a sentence when something does not hold. */
export function must(holds, sentence) {
  if (!holds) throw new Error(sentence)
}

/** A page is ready when its heading stands and nothing of it is still being fetched. */
export async function ready(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .mantine-Loader-root'))
}

/**
 * Scans as a keyboard wedge does: real key events, faster than any person, and Enter. The keys are sent without waiting
 * between them; where a busy machine tore the burst apart all the same, the scan is repeated, as a person would. taken
 * waits for what a scan does here, where it asks the server nothing.
 */
export async function scan(page, code, taken) {
  const cdp = await page.context().newCDPSession(page)
  const keys = [...code].map((text) => ({ text, key: text }))
  for (let tries = 0; tries < 5; tries++) {
    const asked = (
      taken
        ? taken().then(() => true)
        : page.waitForRequest((r) => r.url().endsWith('/api/v1/scans') && r.postDataJSON()?.code === code, {
            timeout: 5_000,
          })
    ).catch(() => undefined)
    await Promise.all(
      [...keys, { text: '\r', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 }].flatMap((key) => [
        cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }),
        cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, text: undefined }),
      ]),
    )
    if (await asked) return cdp.detach()
  }
  throw new Error(`the scan of ${code} never reached the server`)
}

/** The controls below the size that a gloved finger needs at a terminal, 56 px of CSS; a box counts with its label. */
export async function tooSmall(page, within) {
  return page.locator(within).evaluate((root) => {
    const least = 56
    const out = []
    for (const el of root.querySelectorAll('button, input, select, summary, a[href]')) {
      if (el.type === 'hidden' || el.closest('[aria-hidden="true"]')) continue
      const label = el.type === 'checkbox' ? el.closest('.mantine-Checkbox-root') : undefined
      // A field's own buttons stand within the field.
      if (el.closest('.mantine-Input-section')) continue
      const box = (label ?? el.closest('.mantine-Input-wrapper') ?? el).getBoundingClientRect()
      if (box.width > 0 && box.height < least - 0.5)
        out.push(
          `${el.tagName.toLowerCase()} "${(el.textContent || el.name || el.id).slice(0, 30)}" ${Math.round(box.height)} px`,
        )
    }
    return out
  })
}
