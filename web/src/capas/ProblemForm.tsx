import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import type { Capa } from './capa'
import classes from './capas.module.css'
import { Words, type FormProps } from './EditDiscipline'

type Problem = Capa['record']['problem']

/** What is wrong, how much of it, and where the border between is and is not runs. */
export function ProblemForm({ value, onChange }: FormProps<Problem>) {
  const t = useT()
  const field = (name: 'extent' | 'where' | 'when' | 'usual') => (
    <TextInput
      label={t(`capas.field.${name}`)}
      value={value[name] ?? ''}
      maxLength={500}
      onChange={(event) => onChange({ ...value, [name]: event.currentTarget.value })}
    />
  )
  const put = (i: number, name: 'aspect' | 'is' | 'not' | 'difference', text: string) =>
    onChange({ ...value, limits: value.limits.map((one, at) => (at === i ? { ...one, [name]: text } : one)) })
  return (
    <>
      <Words label={t('capas.field.what')} value={value.what} onChange={(what) => onChange({ ...value, what })} focus />
      <div className={classes.pair}>
        {field('extent')}
        {field('usual')}
      </div>
      <div className={classes.pair}>
        {field('where')}
        {field('when')}
      </div>
      <h3>{t('capas.is_not')}</h3>
      {value.limits.map((line, i) => (
        <div key={i} className={classes.formRow} data-four>
          {(['aspect', 'is', 'not', 'difference'] as const).map((name) => (
            <TextInput
              key={name}
              label={t(`capas.field.${name}`)}
              value={line[name]}
              maxLength={500}
              onChange={(event) => put(i, name, event.currentTarget.value)}
            />
          ))}
          <ActionIcon
            variant="subtle"
            aria-label={t('capas.remove', { what: line.aspect || String(i + 1) })}
            onClick={() => onChange({ ...value, limits: value.limits.filter((_, at) => at !== i) })}
          >
            <IconX className="icon" aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          leftSection={<IconPlus className="icon" aria-hidden />}
          onClick={() =>
            onChange({ ...value, limits: [...value.limits, { aspect: '', is: '', not: '', difference: '' }] })
          }
        >
          {t('capas.add_line')}
        </Button>
      </div>
    </>
  )
}
