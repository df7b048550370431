import { Button, Modal, Select, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { stationsQuery } from '../stations/station'
import { kindName, planQuery, type Call } from './call'

/** A call from a desk: where, what for, and in a word why. */
export function RaiseDialog({ onClose, onRaised }: { onClose: () => void; onRaised: (call: Call) => void }) {
  const t = useT()
  const stations = useQuery(stationsQuery)
  const plan = useQuery(planQuery)
  const [station, setStation] = useState<string | null>(null)
  const [kind, setKind] = useState<string | null>(null)
  const [text, setText] = useState('')
  const command = useCommand<Call>((call) => {
    onRaised(call)
    onClose()
  })
  const kinds = new Map((plan.data?.kinds ?? []).map((k) => [k.kind, kindName(k.kind, k.name)]))
  return (
    <Modal opened onClose={onClose} title={t('calls.raise')} closeButtonProps={{ 'aria-label': t('message.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          command.mutate({ path: '/calls', body: { station: station ?? '', kind: kind ?? '', text } })
        }}
      >
        <Select
          label={t('calls.station')}
          searchable
          data={(stations.data ?? []).map((s) => ({ value: s.id, label: `${s.id} ${s.name}` }))}
          value={station}
          onChange={setStation}
          required
        />
        <Select
          mt="sm"
          label={t('calls.kind')}
          data={[...kinds].map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={setKind}
          required
        />
        <Textarea
          mt="sm"
          label={t('calls.text')}
          maxLength={300}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {command.isError && <ErrorAlert error={command.error} />}
        <Button mt="md" type="submit" variant="filled" disabled={!station || !kind} loading={command.isPending}>
          {t('calls.raise')}
        </Button>
      </form>
    </Modal>
  )
}
