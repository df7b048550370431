import { Modal, SegmentedControl, Tabs } from '@mantine/core'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { ChangeSecret } from '../session/ChangeSecret'
import { useMe } from '../session/session'
import { MySessions } from './Sessions'

/** My password, my PIN, and where I am signed in. */
export function OwnSignIn({ onClose }: { onClose: () => void }) {
  const t = useT()
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('people.own.title')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <Tabs defaultValue="password" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="password">{t('people.own.by_password')}</Tabs.Tab>
          <Tabs.Tab value="pin">{t('people.own.by_pin')}</Tabs.Tab>
          <Tabs.Tab value="sessions">{t('people.sessions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="password" pt="md">
          <Own kind="password" />
        </Tabs.Panel>
        <Tabs.Panel value="pin" pt="md">
          <Own kind="pin" />
        </Tabs.Panel>
        <Tabs.Panel value="sessions" pt="md">
          <MySessions />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  )
}

type Proof = 'password' | 'pin' | 'none'

function Own({ kind }: { kind: 'password' | 'pin' }) {
  const t = useT()
  const me = useMe()
  const [proof, setProof] = useState<Proof>(me.federated ? 'none' : 'password')
  const [done, setDone] = useState(false)
  if (done) return <p role="status">{t('people.own.done')}</p>
  const ways: { value: Proof; label: string }[] = [
    ...(me.federated ? [{ value: 'none' as const, label: t('people.own.first') }] : []),
    { value: 'password', label: t('people.own.by_password') },
    { value: 'pin', label: t('people.own.by_pin') },
  ]
  return (
    <>
      {me.federated && <p>{t('people.own.signing')}</p>}
      {(kind === 'pin' || me.federated) && (
        <SegmentedControl
          mb="md"
          aria-label={t('people.own.proof')}
          value={proof}
          onChange={(next) => setProof(next as Proof)}
          data={ways}
        />
      )}
      <ChangeSecret kind={kind} proof={proof} onDone={() => setDone(true)} />
    </>
  )
}
