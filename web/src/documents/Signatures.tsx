import { IconCircleX, IconHourglass, IconSignature } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/http'
import { useT, type Translate } from '../i18n/i18n'
import { Note } from '../status/Status'
import { Time } from '../time/Time'
import classes from './documents.module.css'

interface Props {
  noun: 'document' | 'order_change'
  id: string
  /** Whether a request may be open, which then says whose signature is awaited. */
  open: boolean
}

/** The signatures of a revision or of a move, with printed name, meaning and time, and the one that is awaited. */
export function Signatures({ noun, id, open }: Props) {
  const t = useT()
  const given = useQuery({
    queryKey: ['signatures', [noun, id]],
    queryFn: () =>
      answer(api.GET('/api/v1/signatures', { params: { query: { noun, id } } })).then((page) => page.items),
  })
  const requests = useQuery({
    queryKey: ['signatures', ['open', noun, id]],
    queryFn: () =>
      answer(
        api.GET('/api/v1/signature-requests', { params: { query: { noun, record: id, state: 'open', limit: 1 } } }),
      ).then((page) => page.items),
    enabled: open,
  })
  const request = open ? requests.data?.[0] : undefined
  const awaited = request?.needs[request.signatures.length]
  const signatures = given.data ?? []
  if (signatures.length === 0 && !awaited) return null
  return (
    <section aria-labelledby={`signatures-${id}`}>
      <h2 id={`signatures-${id}`}>{t('documents.signatures')}</h2>
      <ul className={classes.signatures}>
        {signatures.map((s) => (
          <li key={s.id}>
            <Note
              tone={s.state === 'valid' ? 'plain' : 'crit'}
              icon={s.state === 'valid' ? IconSignature : IconCircleX}
              size="body"
            >
              {s.name}, {meaning(t, s.meaning)}
            </Note>
            <span className="label">
              <Time value={s.at} form="full" />
              {s.reason && `, ${s.reason}`}
              {s.why && `: ${s.why}`}
            </span>
          </li>
        ))}
        {awaited && (
          <li>
            <Note tone="plain" icon={IconHourglass} size="body">
              {awaited.role
                ? t('documents.awaited_of', {
                    meaning: meaning(t, awaited.meaning),
                    role: t(`documents.role.${awaited.role}`),
                  })
                : t('documents.awaited', { meaning: meaning(t, awaited.meaning) })}
            </Note>
          </li>
        )}
      </ul>
    </section>
  )
}

const meanings = ['performed', 'verified', 'reviewed', 'approved', 'released', 'authored'] as const

function meaning(t: Translate, word: string): string {
  const known = meanings.find((m) => m === word)
  return known ? t(`documents.meaning.${known}`) : word
}
