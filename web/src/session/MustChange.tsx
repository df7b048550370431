import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { send } from '../api/http'
import { useT } from '../i18n/i18n'
import { Mark } from '../status/icons'
import { ChangeSecret } from './ChangeSecret'
import classes from './Login.module.css'
import type { Me } from './session'

/** In the place of every screen, as long as the password or PIN is not the person's own, or has ended. */
export function MustChange({ me, kind }: { me: Me; kind: 'password' | 'pin' }) {
  const t = useT()
  const client = useQueryClient()
  const leave = async () => {
    await send('/logout', {}).catch(() => undefined)
    client.clear()
    window.location.assign('/')
  }
  return (
    <main className={classes.page}>
      <div className={classes.panel}>
        <div className={classes.brand}>
          <Mark />
          {t('app.name')}
        </div>
        <h1>{t(`people.own.set_${kind}`)}</h1>
        <p>{t(`people.own.must_${kind}`, { name: me.name })}</p>
        <ChangeSecret kind={kind} proof={kind}>
          <Button variant="subtle" onClick={() => void leave()}>
            {t('app.account.sign_out')}
          </Button>
        </ChangeSecret>
      </div>
    </main>
  )
}
