import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import type { Capa } from './capa'
import classes from './capas.module.css'
import type { FormProps } from './EditDiscipline'
import { PersonSelect } from './People'

type Team = Capa['record']['team']

/** Who works on it, and what each brings. */
export function TeamForm({ value, onChange }: FormProps<Team>) {
  const t = useT()
  const put = (i: number, change: Partial<Team[number]>) =>
    onChange(value.map((one, at) => (at === i ? { ...one, ...change } : one)))
  return (
    <>
      <p>{t('capas.team_hint')}</p>
      {value.map((member, i) => (
        <div key={i} className={classes.formRow}>
          <PersonSelect
            label={t('capas.field.person')}
            value={member.account}
            onChange={(account) => put(i, { account })}
          />
          <TextInput
            label={t('capas.field.part')}
            value={member.part}
            maxLength={200}
            onChange={(event) => put(i, { part: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('capas.remove', { what: member.account })}
            onClick={() => onChange(value.filter((_, at) => at !== i))}
          >
            <IconX className="icon" aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() => onChange([...value, { account: '', part: '' }])}
        >
          {t('capas.add_person')}
        </Button>
      </div>
    </>
  )
}
